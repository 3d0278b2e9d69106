import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startHttp } from "./server-process.ts"

let home: string
let server: Awaited<ReturnType<typeof startHttp>>

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "klingkit-hostile-"))
  const preload = fileURLToPath(new URL("corpus/measure-process.mjs", import.meta.url))
  const options = `--expose-gc --import=${preload}`
  server = await startHttp({ HOME: home, KLINGAI_API_KEY: "key", NODE_OPTIONS: options }, ["--toolsets", "all"])
})
afterAll(async () => {
  server.program.child.kill("SIGTERM")
  await server.program.ended
  rmSync(home, { recursive: true, force: true })
})

/** CPU time since the measurement before, which other programs on the machine do not lengthen, and the peak of memory so far. */
const measured = async () => {
  const seen = server.program.stderr.length
  server.program.child.kill("SIGUSR2")
  await expect.poll(() => server.program.stderr.slice(seen), { timeout: 30_000 }).toMatch(/MEASURED .*\n/)
  const [, json = ""] = /MEASURED (.*)\n/.exec(server.program.stderr.slice(seen)) ?? []
  return JSON.parse(json) as { readonly cpuMicros: number; readonly peakKilobytes: number }
}

const post = async (body: string) => {
  const response = await fetch(server.url, { method: "POST", headers: { "content-type": "application/json" }, body })
  return response.text()
}

const call = (name: string, args: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } })
const request = (method: string, params: object, id: string | number = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params })
const filled = (start: string, entry: string, end: string) =>
  start + entry.repeat(Math.floor((4 * 1024 * 1024 - start.length - end.length) / entry.length)) + end
const text = "x".repeat(4 * 1024 * 1024 - 500)
const keys = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`.padEnd(length, "k"), 1]))

const bodies: Readonly<Record<string, string>> = {
  "a list of a million images": filled(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"virtual_try_on","arguments":{"cloth_image_urls":["a"',
    ',"a"',
    "]}}}"
  ),
  "325,000 unknown settings": call("generate_video", keys(325_000, 6)),
  "1,990 long unknown settings": call("generate_video", keys(1990, 2000)),
  "1,990 long images": call("virtual_try_on", { cloth_image_urls: Array<string>(1990).fill("x".repeat(2000)) }),
  "a long name of a model": call("generate_video", { prompt: "x", model_name: text }),
  "a long query": call("find_tool", { query: "video ".repeat(690_000) }),
  "one long prompt": call("generate_video", { prompt: text }),
  "lists in lists": filled('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":', "[", ""),
  "a batch of empty lists": filled("[1", ",[]", "]"),
  "a batch of what are no messages": `[${Array<number>(9000).fill(1).join()}]`,
  "a batch of tools/list": `[${Array.from({ length: 100 }, (_, id) => request("tools/list", {}, id)).join()}]`,
  "a batch of pings": filled(
    '[{"jsonrpc":"2.0","id":0,"method":"ping"}',
    ',{"jsonrpc":"2.0","id":1,"method":"ping"}',
    "]"
  ),
  "a long id": request("ping", {}, text),
  "a long method": request(text, {}),
  "a long name of a tool": request("tools/call", { name: text }),
  "a long name of a prompt": request("prompts/get", { name: text }),
  "a long URI": request("resources/read", { uri: text }),
  "a long task id": request("tasks/get", { taskId: text }),
  "a long revision": request("initialize", { protocolVersion: text, capabilities: {}, clientInfo: {} }),
  "a long reference": request("completion/complete", {
    ref: { type: "ref/prompt", name: text },
    argument: { name: "x", value: "" }
  }),
  "a long log level": request("logging/setLevel", { level: text }),
  "quotes and backslashes": filled('{"id":1,"method":"ping","params":"', '\\"\\\\', ""),
  "bytes that are not JSON": filled("", "{]", "")
}

describe("a hostile body", () => {
  it("of 4 MiB costs little more than an empty call, is answered briefly, and takes little memory", async () => {
    const empty: Array<number> = []
    for (let calls = 0; calls < 15; calls += 1) {
      await post(call("list_models", {}))
      empty.push((await measured()).cpuMicros)
    }
    const median = empty.toSorted((a, b) => a - b)[7] ?? 0
    const before = (await measured()).peakKilobytes
    const found: Array<string> = []
    for (const [name, body] of Object.entries(bodies)) {
      const answer = await post(body)
      const { cpuMicros, peakKilobytes } = await measured()
      const ratio = cpuMicros / median
      const grown = (peakKilobytes - before) / 1000
      // Without limits it was 10,000 empty calls, 54 MB of answer and 1,350 MB.
      if (ratio > 100 || answer.length > 65_536 || grown > 100) {
        found.push(`${name}: ${ratio.toFixed()} empty calls, ${answer.length} characters, ${grown.toFixed()} MB`)
      }
    }
    expect(found).toEqual([])
    expect(await post(call("list_models", {}))).toContain("kling-3.0")
  }, 120_000)
})
