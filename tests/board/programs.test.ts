import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { describe, expect, it } from "vitest"
import { commandOf, startHttp } from "../mcp/server-process.ts"

/** The page that a chat reads through the tool: it needs no file of the checkout. */
const readPage = async (client: Client) => {
  const { tools } = await client.listTools()
  const tool = tools.find(({ name }) => name === "generate_video")
  const { resourceUri } = (tool?._meta?.["ui"] ?? {}) as { resourceUri: string }
  const [page] = (await client.readResource({ uri: resourceUri })).contents
  await client.close()
  return { start: page !== undefined && "text" in page ? page.text.slice(0, 15) : "", meta: page?._meta }
}

const env = { KLINGAI_BASE_URL: "http://localhost:4010", KLINGKIT_MEDIA_DOMAINS: "https://media.example.com" }
const expected = {
  start: "<!doctype html>",
  meta: {
    ui: {
      csp: {
        connectDomains: [],
        resourceDomains: expect.arrayContaining(["https://media.example.com", "http://localhost:4010"]) as unknown
      },
      permissions: { clipboardWrite: {} },
      prefersBorder: true
    }
  }
}

describe("the built programs contain the board", () => {
  it("klingkit-mcp", async () => {
    const { command, entry } = commandOf("klingkit-mcp")
    const client = new Client({ name: "chat", version: "1" })
    await client.connect(new StdioClientTransport({ command, args: [entry], env, stderr: "ignore" }))
    expect(await readPage(client)).toEqual(expected)
  })

  it("klingkit-mcp-http", async () => {
    const { program, url } = await startHttp(env)
    const client = new Client({ name: "chat", version: "1" }, { versionNegotiation: { mode: { pin: "2026-07-28" } } })
    await client.connect(new StreamableHTTPClientTransport(new URL(url)))
    expect(await readPage(client)).toEqual(expected)
    program.child.kill("SIGTERM")
    await program.ended
  })
})
