import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

const noSlots = { faults: { faults: [{ fault: "refuse", code: 1303, count: "always" } as const] } }
const create = ["video", "create", "a paper boat", "--timeout", "2s", "--json"] as const

describe("a concurrency slot that never becomes free", () => {
  it.live.each([{ flags: [] }, { flags: ["--wait"] }, { flags: ["--output", "boat.mp4"] }])(
    "ends the wait at its timeout, with the handle: $flags",
    ({ flags }) =>
      Effect.gen(function* () {
        const kling = yield* emulatedKling(noSlots)
        const { exitCode, stdout } = yield* klingkit([...create, ...flags], kling)
        const { error, task } = JSON.parse(stdout)
        expect(exitCode).toBe(8)
        expect(error).toMatchObject({
          code: "CLI_STILL_RUNNING",
          handle: expect.stringMatching(/^kk-t2v-/),
          message: expect.stringContaining("queued, position 1"),
          suggestion: expect.stringContaining(`was not sent yet`)
        })
        expect(task).toMatchObject({ handle: error.handle, status: "submitted" })
        expect(yield* kling.charges).toEqual([])
        const waited = yield* klingkit(["task", "wait", error.handle, "--timeout", "2s", "--json"], kling)
        expect([waited.exitCode, JSON.parse(waited.stdout).error]).toMatchObject([8, { handle: error.handle }])
        // The same request again is the same job.
        const again = yield* klingkit([...create, "--wait"], kling)
        expect([again.exitCode, JSON.parse(again.stdout).error]).toMatchObject([8, { handle: error.handle }])
      })
  )

  it.live("ends the wait of several takes, each with its handle", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling(noSlots)
      const { exitCode, stdout } = yield* klingkit([...create, "--wait", "--variants", "2"], kling)
      expect([exitCode, JSON.parse(stdout).tasks]).toMatchObject([
        8,
        [
          { take: 1, handle: expect.stringMatching(/^kk-t2v-/), error: { code: "CLI_STILL_RUNNING" } },
          { take: 2, handle: expect.stringMatching(/^kk-t2v-/), error: { code: "CLI_STILL_RUNNING" } }
        ]
      ])
      expect(yield* kling.charges).toEqual([])
    })
  )

  it.live("ends a batch, whose unsent lines still have to be sent", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling(noSlots)
      const file = `${kling.home}/lines.csv`
      writeFileSync(file, "id,prompt\nfox,a red fox\nboat,a paper boat\n")
      const { exitCode, stdout } = yield* klingkit(["batch", file, "--timeout", "2s", "--json"], kling)
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([
        8,
        [
          { id: "fox", status: "submitted", handle: expect.stringMatching(/^kk-t2v-/) },
          { id: "boat", status: "submitted", handle: expect.stringMatching(/^kk-t2v-/) }
        ]
      ])
    })
  )
})

describe("a task that Kling does not show yet", () => {
  it.live("is waited for", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling({ faults: { switches: { visibilityDelaySeconds: 3 } } })
      const { stdout } = yield* klingkit(["video", "create", "a paper boat", "--json"], kling)
      const { handle } = JSON.parse(stdout)
      const seen = yield* klingkit(["task", "get", handle, "--json"], kling)
      expect([seen.exitCode, JSON.parse(seen.stdout)]).toMatchObject([0, { handle, status: "submitted" }])
      const waited = yield* klingkit(["task", "wait", handle, "--json"], kling)
      expect([waited.exitCode, JSON.parse(waited.stdout)]).toMatchObject([0, { handle, status: "succeed" }])
    })
  )
})
