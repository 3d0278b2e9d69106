import { selectTools } from "@klingkit/tools"
import { InMemoryTransport } from "@modelcontextprotocol/client"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { buildServer } from "./build-server.ts"
import { emulatedServices } from "./testing/emulated-services.ts"

/** A client of one revision, as bare messages: what it sends is what a host of that time sends. */
const oldClient = async (protocolVersion: string, name = "old", resultLinks = true) => {
  const { services, pass } = emulatedServices()
  const [mine, theirs] = InMemoryTransport.createLinkedPair()
  const answers = new Map<unknown, (result: Readonly<Record<string, unknown>>) => void>()
  Object.assign(mine, {
    onmessage: (message: { readonly id?: unknown; readonly result?: Readonly<Record<string, unknown>> }) => {
      if (message.result !== undefined) answers.get(message.id)?.(message.result)
    }
  })
  await buildServer(services, { tools: await Effect.runPromise(selectTools()), version: "1", resultLinks }).connect(
    theirs
  )
  await mine.start()
  let id = 0
  const ask = async (method: string, params: Readonly<Record<string, unknown>>) => {
    const asked = ++id
    const answer = new Promise<Readonly<Record<string, unknown>>>((resolve) => answers.set(asked, resolve))
    await mine.send({ jsonrpc: "2.0", id: asked, method, params: { ...params } })
    return answer
  }
  await ask("initialize", { protocolVersion, capabilities: {}, clientInfo: { name, version: "1" } })
  await mine.send({ jsonrpc: "2.0", method: "notifications/initialized" })
  return { call: (name: string, args: object) => ask("tools/call", { name, arguments: args }), pass }
}

describe("links to files", () => {
  it.each([
    ["2025-03-26", "old", true, ["text"]],
    ["2025-06-18", "old", true, ["text", "resource_link"]],
    ["2025-11-25", "old", true, ["text", "resource_link"]],
    ["2025-11-25", "old", false, ["text"]],
    ["2025-11-25", "codex-mcp-client", true, ["text"]],
    ["2025-06-18", "Kiro", true, ["text"]],
    ["2025-06-18", "Q DEV CLI", true, ["text"]],
    ["2025-06-18", "Cline", true, ["text"]],
    ["2025-11-25", "langchain-mcp-adapter", true, ["text"]]
  ])("go only to clients that support them: %s, %s, switched %s", async (version, name, resultLinks, types) => {
    const { call, pass } = await oldClient(version, name, resultLinks)
    const { structuredContent } = await call("generate_image", { prompt: "a cat" })
    await pass(60)
    const { content } = await call(
      "check_image_status",
      structuredContent === undefined ? {} : { task_id: (structuredContent as { readonly task_id: string }).task_id }
    )
    expect((content as ReadonlyArray<{ readonly type: string }>).map(({ type }) => type)).toEqual(types)
  })
})
