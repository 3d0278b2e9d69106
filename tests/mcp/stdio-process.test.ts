import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { freshKling } from "./kling.ts"
import { start, type Started } from "./program.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let folder: string

beforeAll(async () => {
  kling = await freshKling()
  folder = mkdtempSync(join(tmpdir(), "klingkit-stdio-"))
})
afterAll(async () => {
  await kling.close()
  rmSync(folder, { recursive: true, force: true })
})

const send = ({ child }: Started, message: object): void => {
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`)
}
const opening = {
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bare", version: "1" } }
}
const toolCall = (id: number, name: string, args: object) => ({
  id,
  method: "tools/call",
  params: { name, arguments: args }
})

const opened = async (env: Readonly<Record<string, string>>, args: ReadonlyArray<string> = []) => {
  const program = start("klingkit-mcp", args, env)
  send(program, opening)
  await program.says(/"id":0[,}]/)
  send(program, { method: "notifications/initialized" })
  return program
}

/** Closes stdin and says how long the program lived on. */
const hangUp = async ({ child, ended }: Started) => {
  const from = performance.now()
  child.stdin.end()
  const { code, at } = await ended
  return { code, millis: at - from }
}

describe("the stdio server", () => {
  it("writes nothing but JSON-RPC to stdout, whatever its dependencies print", async () => {
    const noisy = join(folder, "noisy.mjs")
    writeFileSync(
      noisy,
      `const real = globalThis.fetch
       globalThis.fetch = (...args) => {
         console.log("noise by console.log")
         console.table([{ noise: 1 }])
         process.stdout.write("noise by stdout.write\\n")
         return real(...args)
       }`
    )
    const program = await opened({ ...kling.env, NODE_OPTIONS: `--import=${noisy}` })
    send(program, toolCall(1, "generate_image", { prompt: "a cat" }))
    await program.says(/"id":1[,}]/)
    await hangUp(program)
    const lines = program.stdout.trimEnd().split("\n")
    expect(lines.map((line) => (JSON.parse(line) as { readonly jsonrpc: string }).jsonrpc)).toEqual(["2.0", "2.0"])
    expect(program.stderr).toContain("noise by console.log")
    expect(program.stderr).toContain("noise by stdout.write")
  })

  it("ends soon after its host hangs up, idle or with a wait under way", async () => {
    const idle = await hangUp(await opened({ HOME: folder }))
    expect(idle.code).toBe(0)
    expect(idle.millis).toBeLessThan(2000)

    const program = await opened(kling.env)
    await kling.strike({ fault: "late-visibility", seconds: 600 })
    send(program, toolCall(1, "generate_video", { prompt: "a cat" }))
    const [, task_id = ""] = await program.says(/"task_id":"(kk-t2v-\w+)"/)
    const before = (await kling.requests()).length
    send(program, toolCall(2, "wait_for_task", { task_id }))
    await vi.waitUntil(async () => (await kling.requests()).length > before)
    const waiting = await hangUp(program)
    expect(waiting.code).toBe(0)
    expect(waiting.millis).toBeLessThan(2000)
  })

  it("does not lose or repeat a submission when its host hangs up in the middle of it", async () => {
    const before = (await kling.ledger()).tasks.length
    await kling.strike({ fault: "slow", delayMs: 700 })
    const program = await opened(kling.env)
    send(program, toolCall(1, "generate_video", { prompt: "a cat on a roof" }))
    await vi.waitUntil(async () => (await kling.ledger()).tasks.length > before)
    const { code, millis } = await hangUp(program)
    expect(code).toBe(0)
    expect(millis).toBeLessThan(2000)
    expect((await kling.ledger()).tasks).toHaveLength(before + 1)
  })

  it("offers the toolsets that were asked for, by flag before environment", async () => {
    const program = await opened({ HOME: folder, KLINGKIT_TOOLSETS: "nonsense" }, ["--toolsets", "core", "--read-only"])
    send(program, { id: 1, method: "tools/list" })
    const [list = ""] = await program.says(/\{.*"id":1[,}].*/)
    await hangUp(program)
    expect(list).toContain('"check_image_status"')
    expect(list).not.toContain('"generate_video"')
  })

  it.each([
    [["--help"], 0, /^klingkit-mcp: Kling AI for agents/],
    [["--version"], 0, /^\d+\.\d+\.\d+\n$/]
  ])("answers %j and ends", async (args, code, said) => {
    const program = start("klingkit-mcp", args)
    expect((await program.ended).code).toBe(code)
    expect(program.stdout).toMatch(said)
  })

  it.each([
    [["--tolsets=core"], {}, "Unknown option '--tolsets'"],
    [["core"], {}, "Unexpected argument 'core'"],
    [["--toolsets", "cor"], {}, 'toolsets has no "cor": core, studio, raw, all; nearest: core'],
    [[], { KLINGKIT_TOOLSETS: "nonsense" }, 'toolsets has no "nonsense"']
  ])("refuses %j %j in a sentence", async (args, env, message) => {
    const program = start("klingkit-mcp", args, env)
    expect((await program.ended).code).toBe(2)
    expect(program.stdout).toBe("")
    expect(program.stderr).toContain(message)
    expect(program.stderr).not.toMatch(/\n\s+at /)
  })
})
