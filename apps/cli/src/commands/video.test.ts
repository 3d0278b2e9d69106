import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

describe("klingkit video create", () => {
  it.live("submits once and answers with the handle", () =>
    Effect.gen(function* () {
      const kling = yield* emulatedKling()
      const run = yield* klingkit(["video", "create", "a paper boat", "--json"], kling)
      console.log(run)
      const waited = yield* klingkit(["video", "create", "a paper boat", "--wait", "--output", kling.home + "/x"], {
        ...kling,
        terminal: true
      })
      console.log(waited)
      console.log(yield* kling.charges, yield* kling.requests)
      expect(run.exitCode).toBe(0)
    })
  )
})
