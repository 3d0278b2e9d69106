import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { lines } from "./corpus/lines.ts"
import { start, startHttp, type Started } from "./server-process.ts"

let home: string
let stdio: Started
let http: Awaited<ReturnType<typeof startHttp>>

const initialize = {
  jsonrpc: "2.0",
  id: "initialize",
  method: "initialize",
  params: { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "raw", version: "1" } }
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "klingkit-lines-"))
  http = await startHttp({ HOME: home })
  stdio = start("klingkit-mcp", [], { HOME: home })
  stdio.child.stdin.write(`${JSON.stringify(initialize)}\n`)
  await stdio.says(/"id":"initialize"/)
})
afterAll(async () => {
  stdio.child.stdin.end()
  http.program.child.kill("SIGTERM")
  await Promise.all([stdio.ended, http.program.ended])
  rmSync(home, { recursive: true, force: true })
})

/** `{"1":"result","2":-32600}` from JSON-RPC responses. The ids stay as they were written, for large numbers. */
const outcome = (answers: ReadonlyArray<string>) =>
  Object.fromEntries(
    answers.flatMap((json) => {
      const [, id = "null"] = /"id":("(?:[^"\\]|\\.)*"|[\d.]+|null)(?=[,}])(?!.*"id":)/.exec(json) ?? []
      const { error } = JSON.parse(json) as { readonly error?: { readonly code: number } }
      return id === "null" ? [] : [[id, error === undefined ? "result" : error.code]]
    })
  )

let sent = 0

const overStdio = async (line: string, expected: ReadonlyArray<string>) => {
  sent += 1
  const before = { stdout: stdio.stdout.length, stderr: stdio.stderr.length }
  stdio.child.stdin.write(`${line}\n{"jsonrpc":"2.0","id":"after ${sent}","method":"ping"}\n`)
  await stdio.says(new RegExp(`"id":"after ${sent}"`))
  for (const id of expected) {
    await expect.poll(() => stdio.stdout.slice(before.stdout)).toContain(`"id":${id}`)
  }
  const answers = stdio.stdout.slice(before.stdout).trimEnd().split("\n")
  return {
    answers: outcome(answers.filter((json) => !json.includes('"id":"after '))),
    stderr: () => stdio.stderr.slice(before.stderr)
  }
}

const overHttp = async (line: string) => {
  const before = http.program.stderr.length
  const response = await fetch(http.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: line
  })
  const text = await response.text()
  const answers = text === "" ? [] : response.headers.get("content-type") === "application/json" ? split(text) : [text]
  return {
    answers: outcome(answers),
    stderr: () => http.program.stderr.slice(before).replaceAll('\\"', '"'),
    status: response.status
  }
}

const split = (text: string): ReadonlyArray<string> =>
  text.startsWith("[") ? (JSON.parse(text) as ReadonlyArray<unknown>).map((entry) => JSON.stringify(entry)) : [text]

describe("a line of which the SDK answers nothing", () => {
  it.each(lines.map((line) => [line.name, line] as const))(
    "is answered over stdio and HTTP alike: %s",
    async (_, { line, answers, report }) => {
      const stdioOutcome = await overStdio(line, Object.keys(answers))
      expect(stdioOutcome.answers).toEqual(answers)
      const httpOutcome = await overHttp(line)
      expect(httpOutcome.answers).toEqual(answers)
      const isRefused = report !== undefined && Object.values(answers).every((answer) => answer !== "result")
      expect(httpOutcome.status === 400).toBe(isRefused)
      if (report === undefined) return
      await expect.poll(stdioOutcome.stderr).toContain(report)
      await expect.poll(httpOutcome.stderr).toContain(report)
    }
  )
})
