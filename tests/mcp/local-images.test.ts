import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Client as OldClient } from "mcp-sdk-v1/client/index.js"
import { StdioClientTransport } from "mcp-sdk-v1/client/stdio.js"
import { StreamableHTTPClientTransport } from "mcp-sdk-v1/client/streamableHttp.js"
import { ListRootsRequestSchema } from "mcp-sdk-v1/types.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "./emulated-kling.ts"
import { commandOf, startHttp } from "./server-process.ts"

/** A whole PNG of 512x512 pixels, which are not valid: enough for the checks before a request. */
const png = Buffer.from(
  "89504e470d0a1a0a0000000d494844520000020000000200080200000000000000000000044944415400000000000000000000000049454e4400000000",
  "hex"
)

let kling: Awaited<ReturnType<typeof freshKling>>
let folder: string
beforeAll(async () => {
  kling = await freshKling()
  folder = mkdtempSync(join(tmpdir(), "klingkit-roots-"))
  for (const name of ["project", "allowed", "private"]) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, "cat.png"), png)
  }
})
afterAll(async () => {
  await kling.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A 2025 client that shares a folder as a root. */
const clientWithRoots = () => {
  const client = new OldClient({ name: "ide", version: "1" }, { capabilities: { roots: {} } })
  let rootRequests = 0
  client.setRequestHandler(ListRootsRequestSchema, () => {
    rootRequests += 1
    const roots = [
      { name: "no uri" },
      { uri: 7 },
      { uri: "untitled:Untitled-1", name: null },
      { uri: pathToFileURL(join(folder, "project")).href, name: "project" }
    ]
    return { roots }
  })
  const animate = async (image_url: string) => {
    const { content } = await client.callTool({
      name: "generate_image_to_video",
      arguments: { image_url, prompt: "go" }
    })
    return (content as ReadonlyArray<{ readonly text: string }>)[0]?.text ?? ""
  }
  return { client, animate, rootRequests: () => rootRequests }
}

const env = () => ({ ...kling.env, KLINGKIT_INPUT_DIRS: join(folder, "allowed") })
const started = /^Image-to-video generation started successfully!/
const refused = /is outside the readable folders .*project/

describe("an image on disk", () => {
  it("may be in a root of the stdio server's client", async () => {
    const { client, animate, rootRequests } = clientWithRoots()
    const { command, entry } = commandOf("klingkit-mcp")
    // The working directory that a host happens to choose is not searched.
    const cwd = join(folder, "private")
    await client.connect(new StdioClientTransport({ command, args: [entry], env: env(), cwd, stderr: "ignore" }))
    try {
      expect(await animate("https://a.example/cat.png")).toMatch(started)
      expect(rootRequests()).toBe(0)
      expect(await animate(join(folder, "project", "cat.png"))).toMatch(started)
      expect(await animate(join(folder, "allowed", "cat.png"))).toMatch(
        /^(This request was made before|Image-to-video)/
      )
      expect(await animate("cat.png")).toMatch(/^(This request was made before|Image-to-video)/)
      expect(await animate(join(folder, "private", "cat.png"))).toMatch(refused)
      expect(await animate("../private/cat.png")).toMatch(refused)
      expect(rootRequests()).toBe(5)
    } finally {
      await client.close()
    }
  })

  it("is not read over HTTP, whatever roots a client declares", async () => {
    const { client, animate, rootRequests } = clientWithRoots()
    const { program, url } = await startHttp(env())
    try {
      await client.connect(new StreamableHTTPClientTransport(new URL(url)))
      expect(await animate(join(folder, "project", "cat.png"))).toMatch(/is outside the readable folders/)
      expect(await animate(join(folder, "allowed", "cat.png"))).toMatch(
        /^(This request was made before|Image-to-video)/
      )
      expect(rootRequests()).toBe(0)
      await client.close()
    } finally {
      program.child.kill("SIGTERM")
      await program.ended
    }
  })
})
