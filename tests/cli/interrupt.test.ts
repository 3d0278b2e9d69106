import { runEmulator } from "@klingkit/emulator"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { klingkit, temporaryFolder } from "./testing/built-klingkit.ts"

// So slow that no task completes during a test.
let emulator: Awaited<ReturnType<typeof runEmulator>>
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  emulator = await runEmulator({ speed: 0.001, seed: 1 })
  env = { KLINGAI_BASE_URL: emulator.url, KLINGAI_API_KEY: emulator.apiKey }
})
afterAll(() => emulator.close())

const control = async (route: string, body?: unknown): Promise<unknown> => {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
  const response = await fetch(`${emulator.url}/_emulator/${route}`, init)
  return response.json()
}

const tasks = async () =>
  ((await control("ledger")) as { tasks: ReadonlyArray<{ readonly externalTaskId?: string }> }).tasks

const tasksUnder = async (handle: string): Promise<number> =>
  (await tasks()).filter(({ externalTaskId }) => externalTaskId === handle).length

/** Resolves once the emulator has the task; it has no notification, so it is polled. */
const arrived = async (handle: string): Promise<void> => {
  while ((await tasksUnder(handle)) === 0);
}

describe("Ctrl+C", () => {
  it("while a task runs: exit code 130, and the printed handle finds the task", async () => {
    const running = klingkit(["video", "create", "a paper boat", "--wait", "--json"], { env })
    const [, handle = ""] = await running.says("stderr", /Handle: (kk-t2v-\w{26})/)
    await arrived(handle)
    running.child.kill("SIGINT")
    const { exitCode, stdout, stderr } = await running.ended
    expect(exitCode).toBe(130)
    expect(JSON.parse(stdout).error).toMatchObject({ code: "CLI_INTERRUPTED", handle, charged: "maybe" })
    expect(stderr).toMatch(new RegExp(`task ${handle} keeps running at Kling[^]*klingkit task get ${handle}`))
    const found = await klingkit(["task", "get", handle, "--json"], { env }).ended
    expect([found.exitCode, JSON.parse(found.stdout).handle]).toEqual([0, handle])
  })

  it("while waiting for the response to a paid request: the handle still finds the one task", async () => {
    await control("faults", { faults: [{ fault: "commit-then-hang", on: "new.t2v.*" }] })
    const running = klingkit(["video", "create", "a paper boat"], { env })
    const [, handle = ""] = await running.says("stderr", /Handle: (kk-t2v-\w{26})/)
    await arrived(handle)
    running.child.kill("SIGINT")
    const { exitCode, stderr } = await running.ended
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining(`klingkit task get ${handle}`)])
    const found = await klingkit(["task", "get", handle], { env }).ended
    expect(found.stdout).toContain(`Task ID: ${handle}`)
    expect(await tasksUnder(handle)).toBe(1)
  })

  it("in a batch: names the lines that were sent and their tasks, which running it again finds", async () => {
    const cwd = temporaryFolder()
    const lines = ["a fox", "a boat", "a kite"].map((prompt) => ({ id: prompt.slice(2), prompt }))
    writeFileSync(join(cwd, "shots.json"), JSON.stringify(lines))
    const args = ["batch", "shots.json", "--output", "out", "--json"]
    const started = await tasks()
    const running = klingkit(args, { env, cwd })
    while ((await tasks()).length < started.length + lines.length);
    running.child.kill("SIGINT")
    const { exitCode, stdout, stderr } = await running.ended
    const { error } = JSON.parse(stdout) as { error: { tasks: ReadonlyArray<{ id: string; handle: string }> } }
    expect(exitCode).toBe(130)
    expect(error).toMatchObject({ code: "CLI_INTERRUPTED", charged: "maybe" })
    expect(error.tasks.map(({ id }) => id).toSorted()).toEqual(["boat", "fox", "kite"])
    const sent = (await tasks()).slice(started.length).map(({ externalTaskId = "" }) => externalTaskId)
    expect(error.tasks.map(({ handle }) => handle).toSorted()).toEqual(sent.toSorted())
    for (const { id, handle } of error.tasks) {
      expect(stderr).toMatch(new RegExp(`line ${id}: ${handle} .*; charged: maybe, at most .*task wait ${handle}`))
    }
    const again = await klingkit(["batch", "shots.json", "--json"], { env, cwd }).ended
    expect(again.stderr).toContain("3 lines: nothing to pay; 3 found from earlier runs, not charged again")
    expect(await tasks()).toHaveLength(started.length + lines.length)
  })

  const speech = '{"text":"hello","voiceId":"girlfriend_1_speech02","voiceLanguage":"en"}'
  it.each([
    ["a read", ["task", "list"], "no"],
    ["a paid call that cannot be looked up", ["api", "call", "legacy.tts", "--input", speech], "maybe, at most .*"]
  ])("during %s: exits, and says whether it may be charged", async (_label, args, charged) => {
    const received = Promise.withResolvers<void>()
    const silent = createServer(() => received.resolve()).listen(0, "127.0.0.1")
    await once(silent, "listening")
    const { port } = silent.address() as AddressInfo
    const running = klingkit(args, { env: { ...env, KLINGAI_BASE_URL: `http://127.0.0.1:${port}` } })
    await received.promise
    running.child.kill("SIGINT")
    const { exitCode, stderr } = await running.ended
    silent.closeAllConnections()
    silent.close()
    expect([exitCode, stderr]).toEqual([130, expect.stringMatching(`Charged: ${charged}\n`)])
  })
})
