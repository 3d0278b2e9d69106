import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ListedTool } from "../hosts/converted-tools.ts"
import { answerTo, initialize } from "../hosts/odd-host.ts"
import { call, hostileArguments, hostileBodies } from "./corpus/hostile-bodies.ts"
import { start, startHttp, type Started } from "./server-process.ts"

const preload = fileURLToPath(new URL("corpus/measure-process.mjs", import.meta.url))
let home: string
let env: Readonly<Record<string, string>>
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "klingkit-hostile-"))
  env = { HOME: home, KLINGAI_API_KEY: "key", NODE_OPTIONS: `--expose-gc --import=${preload}` }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** CPU time since the measurement before, which other programs on the machine do not lengthen, and by how much memory has grown at most. */
const measured = async (program: Started) => {
  const seen = program.stderr.length
  program.child.kill("SIGUSR2")
  await expect.poll(() => program.stderr.slice(seen), { interval: 1 }).toMatch(/MEASURED .*\n/)
  const [, json = ""] = /MEASURED (.*)\n/.exec(program.stderr.slice(seen)) ?? []
  return JSON.parse(json) as { readonly cpuMicros: number; readonly grownKilobytes: number }
}

interface Server {
  readonly program: Started
  /** Sends a body, and gives the longest message of its answer. */
  readonly send: (body: string) => Promise<string>
}

const openHttp = async (): Promise<Server> => {
  const { program, url } = await startHttp(env, ["--toolsets", "all"])
  const headers = { "content-type": "application/json" }
  return { program, send: async (body) => (await fetch(url, { method: "POST", headers, body })).text() }
}

const openStdio = async (): Promise<Server> => {
  const program = start("klingkit-mcp", ["--toolsets", "all"], env)
  program.child.stdin.write(`${initialize()}\n`)
  await program.says(answerTo("initialize"))
  let sent = 0
  return {
    program,
    send: async (body) => {
      sent += 1
      program.stdout = ""
      program.child.stdin.write(`${body}\n{"jsonrpc":"2.0","id":"after ${sent}","method":"ping"}\n`)
      await program.says(answerTo(`after ${sent}`))
      // What cannot be read has no id to answer.
      if (/^.{0,200}"id":1,/.test(body)) await program.says(answerTo(1))
      return program.stdout.split("\n").reduce((longest, line) => (line.length > longest.length ? line : longest), "")
    }
  }
}

describe.each(Object.entries({ stdio: openStdio, HTTP: openHttp }))("a hostile message over %s", (_, open) => {
  it("of 4 MiB costs little more than an empty call, is answered briefly, and takes little memory", async () => {
    const { program, send } = await open()
    const list = JSON.parse(await send('{"jsonrpc":"2.0","id":1,"method":"tools/list"}')) as {
      readonly result: { readonly tools: ReadonlyArray<ListedTool> }
    }
    const bodies = Object.entries({
      ...hostileBodies,
      ...hostileArguments(list.result.tools)
    })
    expect(bodies.length).toBeGreaterThan(90)

    const empty: Array<number> = []
    for (let calls = 0; calls < 15; calls += 1) {
      await send(call("list_models", {}))
      empty.push((await measured(program)).cpuMicros)
    }
    const median = empty.toSorted((a, b) => a - b)[7] ?? 0
    const found: Array<string> = []

    for (const [name, body] of bodies) {
      const answer = await send(body)
      const { cpuMicros, grownKilobytes } = await measured(program)
      const ratio = cpuMicros / median
      const grown = grownKilobytes / 1000
      // Without limits it was 10,000 empty calls, 54 MB of answer and 1,350 MB.
      if (ratio > 100 || answer.length > 65_536 || grown > 100) {
        found.push(`${name}: ${ratio.toFixed()} empty calls, ${answer.length} characters, ${grown.toFixed()} MB`)
      }
    }
    expect(found).toEqual([])
    expect(await send(call("list_models", {}))).toContain("kling-3.0")
    program.child.kill("SIGTERM")
    await program.ended
  }, 240_000)
})
