import { describe, expect, it } from "@effect/vitest"
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

describe("a new key of which Kling does not say whose it is", () => {
  const rotated = Effect.gen(function* () {
    const kling = yield* emulatedKling({
      faults: { faults: [{ fault: "refuse", code: 1103, on: "account.costs", count: "always" }] }
    })
    const image = ["image", "create", "a lighthouse", "--key", "order-7", "--json"]
    const { handle } = JSON.parse((yield* klingkit(image, kling)).stdout) as { readonly handle: string }
    const apiKey = yield* kling.rotateKey
    const env = { ...kling.env, KLINGAI_API_KEY: apiKey }
    return { kling, handle, env, again: klingkit(image, { env }) }
  })

  it.live("is asked about before it pays for what an earlier one has paid for", () =>
    Effect.gen(function* () {
      const { kling, handle, again } = yield* rotated
      const { exitCode, stdout } = yield* again
      const { error } = JSON.parse(stdout) as { readonly error: Readonly<Record<string, unknown>> }
      expect(exitCode).toBe(1)
      expect(error).toMatchObject({ code: "LEDGER_ACCOUNT_UNKNOWN", charged: "no", handle })
      expect(error["suggestion"]).toContain(`klingkit account link ${handle}`)
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("finds it once the user links the two", () =>
    Effect.gen(function* () {
      const { kling, handle, env, again } = yield* rotated
      const linked = yield* klingkit(["account", "link", handle, "--json"], { env })
      expect([linked.exitCode, JSON.parse(linked.stdout)]).toEqual([0, { job: handle }])
      expect(JSON.parse((yield* again).stdout)).toMatchObject({ handle })
      expect(yield* kling.charges).toHaveLength(1)
    })
  )

  it.live("pays once the user names two accounts", () =>
    Effect.gen(function* () {
      const { kling, handle, env, again } = yield* rotated
      yield* klingkit(["account", "name", "client"], { env })
      const named = yield* klingkit(["account", "name", "studio", "--job", handle], { env })
      expect(named.stdout).toBe(`The account that paid for ${handle} is named studio.\n`)
      expect((yield* again).exitCode).toBe(0)
      expect(yield* kling.charges).toHaveLength(2)
    })
  )

  it.live("cannot be linked to a job that the ledger does not have", () =>
    Effect.gen(function* () {
      const { env } = yield* rotated
      const { exitCode, stderr } = yield* klingkit(["account", "link", "kk-img-00000000000000000000000000"], { env })
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("LEDGER_NOT_FOUND")])
    })
  )
})
