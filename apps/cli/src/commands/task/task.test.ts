import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { emulatedKling } from "../../testing/emulator.ts"
import { klingkit } from "../../testing/run-klingkit.ts"

const submit = (kling: { readonly env: Readonly<Record<string, string>> }, ...args: ReadonlyArray<string>) =>
  Effect.map(
    klingkit(["image", "create", "a lighthouse", "--again", "--json", ...args], kling),
    ({ stdout }) => JSON.parse(stdout) as { readonly handle: string; readonly taskId: string }
  )

describe("klingkit task", () => {
  it.live("finds a task by its handle and by Kling's own id", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle, taskId } = yield* submit(kling)
      for (const id of [handle, taskId]) {
        const { exitCode, stdout } = yield* klingkit(["task", "get", id, "--json"], kling)
        expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { handle, taskId, status: "succeed" }])
      }
    })
  )

  it.live("shows the receipt: what was quoted, what Kling took, and where the two do not agree", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle } = yield* submit(kling)
      const { stdout } = yield* klingkit(["task", "wait", handle], kling)
      expect(stdout).toContain("Quoted: 8 image units ($0.028)\nCharged: 8 image units ($0.028), as quoted\n")
      const { quote, charges, receipt } = JSON.parse((yield* klingkit(["task", "get", handle, "--json"], kling)).stdout)
      expect(quote).toMatchObject({ units: 8, usd: 0.028, state: "exact" })
      expect(charges).toEqual([{ kind: "unit", amount: 8, pack: "image" }])
      expect(receipt).toEqual({ quoted: "8 image units ($0.028)", charged: "8 image units ($0.028), as quoted" })
    })
  )

  it.live("shows of a failed task what is known of its charge", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stderr, exitCode } = yield* klingkit(["video", "create", "a cat [fail]", "--wait"], kling)
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining(
          "Quoted: 3 video units ($0.42)\nCharged: maybe; not known: Kling's answer does not say, and what a failed task costs"
        )
      ])
    })
  )

  it.live("says of an unknown one that it is not there", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const id = "kk-t2v-0123456789abcdefghjkmnpqrs"
      const { exitCode, stdout } = yield* klingkit(["task", "get", id, "--json"], kling)
      expect([exitCode, JSON.parse(stdout).error]).toMatchObject([1, { code: "KLING_TASK_NOT_FOUND", handle: id }])
    })
  )

  it.live("a wait for nothing ends at once", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const unknown = yield* klingkit(["task", "wait", "kk-t2v-0123456789abcdefghjkmnpqrs"], kling)
      expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining("KLING_TASK_NOT_FOUND")])
    })
  )

  it.live("a task that still runs is neither done nor failed: exit code 8, and the way on", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ speed: 0.001 })
      const { handle } = yield* submit(kling)
      const waited = yield* klingkit(["task", "wait", handle, "--timeout", "50ms", "--json"], kling)
      expect(waited.exitCode).toBe(8)
      const { error, task } = JSON.parse(waited.stdout)
      expect(error).toMatchObject({ code: "CLI_STILL_RUNNING", handle, suggestion: expect.stringContaining(handle) })
      expect(task.handle).toBe(handle)
      const fetched = yield* klingkit(["task", "download", handle], kling)
      expect([fetched.exitCode, fetched.stderr]).toEqual([8, expect.stringContaining(`klingkit task wait ${handle}`)])
    })
  )

  it.live("waits for the end, and fetches the files into the output folder once", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { handle } = yield* submit(kling, "--n", "2")
      const waited = yield* klingkit(["task", "wait", handle, "--json"], kling)
      expect([waited.exitCode, JSON.parse(waited.stdout).outputs.length]).toEqual([0, 2])
      const fetched = yield* klingkit(["task", "download", handle, "--json"], kling)
      expect(fetched.exitCode).toBe(0)
      expect(JSON.parse(fetched.stdout).files.map((file: { path: string }) => file.path)).toEqual([
        `${kling.env.KLINGKIT_OUTPUT_DIR}/${handle}-1.png`,
        `${kling.env.KLINGKIT_OUTPUT_DIR}/${handle}-2.png`
      ])
      expect(readdirSync(kling.env.KLINGKIT_OUTPUT_DIR)).toHaveLength(4)
      const again = yield* klingkit(["task", "download", handle], kling)
      expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("exists already")])
      expect((yield* klingkit(["task", "download", handle, "--force"], kling)).exitCode).toBe(0)
    })
  )

  it.live("a failed task is shown by get, and a failure of wait", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const { stdout } = yield* klingkit(["image", "create", "fog [fail]", "--json"], kling)
      const { handle } = JSON.parse(stdout)
      const got = yield* klingkit(["task", "get", handle], kling)
      expect([got.exitCode, got.stdout]).toEqual([0, expect.stringContaining("Status: failed\nMessage: ")])
      const waited = yield* klingkit(["task", "wait", handle], kling)
      expect([waited.exitCode, waited.stderr]).toEqual([1, expect.stringContaining("KLING_TASK_FAILED")])
    })
  )
})

describe("klingkit task list", () => {
  it.live("newest first, by status and number; a table for a person, rows for a pipe", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const first = yield* submit(kling)
      yield* klingkit(["image", "create", "fog [fail]"], kling)
      const last = yield* submit(kling)
      const handlesOf = (stdout: string) => JSON.parse(stdout).map((task: { handle: string }) => task.handle)

      const one = yield* klingkit(["task", "list", "--limit", "1", "--json"], kling)
      expect(handlesOf(one.stdout)).toEqual([last.handle])
      const done = yield* klingkit(["task", "list", "--status", "succeed", "--json"], kling)
      expect(handlesOf(done.stdout)).toEqual([last.handle, first.handle])

      const piped = yield* klingkit(["task", "list"], kling)
      expect(piped.stdout.split("\n")[0]?.split("\t").slice(0, 2)).toEqual([last.handle, "succeed"])
      const shown = yield* klingkit(["task", "list"], { ...kling, terminal: true })
      expect(shown.stdout).toMatch(/^TASK {2,}STATUS {2,}CREATED/)
      expect(shown.stdout).not.toContain("\t")
    })
  )

  it.live("says so when there are none", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      expect((yield* klingkit(["task", "list"], kling)).stdout).toBe("")
      expect((yield* klingkit(["task", "list", "--json"], kling)).stdout).toBe("[]\n")
      expect((yield* klingkit(["task", "list"], { ...kling, terminal: true })).stdout).toBe("Nothing to show.\n")
    })
  )

  const refused: ReadonlyArray<readonly [string, string]> = [
    ["--limit", "0"],
    ["--limit", "many"],
    ["--status", "done"]
  ]

  it.live.each(refused)("refuses %s %s", ([flag, value]) =>
    Effect.gen(function* () {
      const { exitCode, stderr } = yield* klingkit(["task", "list", flag, value])
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`${flag} cannot be "${value}"`)])
    })
  )
})
