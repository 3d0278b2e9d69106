import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { emulatedKling } from "../testing/emulator.ts"
import { klingkit } from "../testing/run-klingkit.ts"

it.live("account costs shows the remaining units of each pack", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling({ faults: { packs: { video: { units: 12 } } } })
    const { exitCode, stdout } = yield* klingkit(["account", "costs", "--json"], kling)
    expect(exitCode).toBe(0)
    const packs: ReadonlyArray<{ name: string; remainingUnits: number }> = JSON.parse(stdout)
    expect(packs.map(({ remainingUnits }) => remainingUnits)).toContain(12)
  })
)

it.live("account costs refuses an invalid date before any request", () =>
  Effect.gen(function* () {
    const kling = yield* emulatedKling()
    const { exitCode, stderr } = yield* klingkit(["account", "costs", "--from", "spring"], kling)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--from must be a date")])
    expect(yield* kling.requests).toEqual([])
  })
)
