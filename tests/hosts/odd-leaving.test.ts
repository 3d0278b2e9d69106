import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { start, startHttp, type Started } from "../mcp/server-process.ts"
import { settableClock } from "../mcp/settable-clock.ts"
import { answerTo, callOf, initialize, messagesIn, post, type Received } from "./odd-host.ts"

let kling: Awaited<ReturnType<typeof freshKling>>
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  kling = await freshKling()
  env = { ...kling.env, ...settableClock(join(kling.home, "clock")) }
})
afterAll(() => kling.close())

// Frees the slots of the tests before: a request that waits for one would be made later than it is counted.
beforeEach(async () => {
  await kling.finishTasks()
})

const tasks = async () => (await kling.ledger()).tasks.length
const argsOf = (host: string) => ({ prompt: `a fox of a host that ${host}` })
const cancelled = (id: string) =>
  JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: null } })
const accept = (id: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id, result: { action: "accept", content: { approve: true } } })

const opened = async (more: Readonly<Record<string, string>> = {}): Promise<Started> => {
  const program = start("klingkit-mcp", [], { ...env, ...more })
  program.child.stdin.write(`${initialize({ elicitation: {} })}\n`)
  await program.says(answerTo("initialize"))
  return program
}
const write = ({ child }: Started, ...lines: ReadonlyArray<string>) => child.stdin.write(`${lines.join("\n")}\n`)
const answered = async (program: Started, id: string) => JSON.parse((await program.says(answerTo(id)))[0]) as Received
const ended = async ({ child, ended: end }: Started) => {
  child.stdin.end()
  return (await end).code
}
const form = /^.*"method":"elicitation\/create".*"id":(\d+).*$/m

/** Ways to leave a paid call alone that has reached Kling; what is returned says how the host was left in turn. */
const leaves: Readonly<
  Record<string, (program: Started, args: object, isSent: () => Promise<void>) => Promise<unknown>>
> = {
  "cancels the call, and lives on": async (program, args, isSent) => {
    write(program, JSON.stringify(callOf("left", "generate_video", args)))
    await isSent()
    write(program, cancelled("left"), '{"jsonrpc":"2.0","id":"alive","method":"ping"}')
    await program.says(answerTo("alive"))
  },
  "closes stdin behind the call": async (program, args) => {
    program.child.stdin.end(JSON.stringify(callOf("left", "generate_video", args)))
    await program.ended
    expect(program.stdout).toMatch(answerTo("left"))
  },
  "closes stdin while the call is running": async (program, args, isSent) => {
    write(program, JSON.stringify(callOf("left", "generate_video", args)))
    await isSent()
    program.child.stdin.end()
    await program.ended
    expect(program.stdout).toMatch(answerTo("left"))
  },
  "asks again under the same id before the answer": async (program, args) => {
    const call = JSON.stringify(callOf("left", "generate_video", args))
    write(program, call, call)
    await program.says(/"id":"left"[^]*"id":"left"/)
  },
  "asks again and again before the answer": async (program, args) => {
    const ids = ["one", "two", "three", "four"]
    write(program, ...ids.map((id) => JSON.stringify(callOf(id, "generate_video", args))))
    await Promise.all(ids.map((id) => program.says(answerTo(id))))
  }
}

describe("a host that", () => {
  it.each(Object.keys(leaves))("%s is charged once, and finds its task again", async (host) => {
    const before = await tasks()
    const args = argsOf(host)
    await kling.injectFault({ fault: "slow", on: "new.t2v.*", delayMs: 300 })
    const program = await opened()
    await leaves[host]?.(program, args, () => expect.poll(tasks).toBeGreaterThan(before))
    expect(await ended(program)).toBe(0)
    await kling.clearFaults()

    const again = await opened()
    write(again, JSON.stringify(callOf("again", "generate_video", args)))
    const stdio = await answered(again, "again")
    expect(await ended(again)).toBe(0)
    const { program: server, url } = await startHttp(env)
    const http = messagesIn((await post(url, { body: JSON.stringify(callOf("again", "generate_video", args)) })).text)
    server.child.kill("SIGTERM")
    await server.ended

    const ids = [stdio, ...http].map(({ result }) => result?.structuredContent?.["task_id"])
    expect(ids).toEqual([expect.stringMatching(/^kk-t2v-/), ids[0]])
    expect(await tasks()).toBe(before + 1)
  })
})

/** Ways to leave a form open. An approval that comes afterwards pays for nothing. */
const leavesForm: Readonly<Record<string, (program: Started, id: string) => Promise<void>>> = {
  "cancels the call, and the user agrees then": async (program, id) => {
    write(program, cancelled("left"), '{"jsonrpc":"2.0","id":"alive","method":"ping"}')
    await program.says(answerTo("alive"))
    writeFileSync(env["CLOCK_FILE"] ?? "", "1000")
    write(program, accept(Number(id)))
    // The user is notified that it came too late.
    await program.says(/Your approval came too late/)
    expect(await ended(program)).toBe(0)
  },
  "closes stdin": async (program) => {
    expect(await ended(program)).toBe(0)
    expect(program.stdout).toMatch(answerTo("left"))
  }
}

describe("a host that has a form open, and", () => {
  it.each(Object.keys(leavesForm))("%s is charged when the user agrees to the next call, once", async (host) => {
    const before = await tasks()
    const args = argsOf(host)
    const asking = { KLINGKIT_CONFIRM_ABOVE_USD: "0.10" }
    const program = await opened(asking)
    write(program, JSON.stringify(callOf("left", "generate_video", args)))
    const [, id = ""] = await program.says(form)
    await leavesForm[host]?.(program, id)
    expect(await tasks()).toBe(before)

    const again = await opened(asking)
    write(again, JSON.stringify(callOf("again", "generate_video", args)))
    const [, next = ""] = await again.says(form)
    writeFileSync(env["CLOCK_FILE"] ?? "", "2000")
    write(again, accept(Number(next)))
    expect((await answered(again, "again")).result?.structuredContent?.["task_id"]).toMatch(/^kk-t2v-/)
    expect(await ended(again)).toBe(0)
    expect(await tasks()).toBe(before + 1)
  })
})
