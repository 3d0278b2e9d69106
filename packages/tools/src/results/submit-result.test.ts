import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, ledgerOf, started } from "../testing/emulated.ts"

describe("a tool that spends", () => {
  it.effect("makes one task of the same request twice, and another when it is meant", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const [first, second] = [yield* started("generate_video"), yield* started("generate_video")]
      expect(second).toBe(first)
      const third = yield* started("generate_video", { prompt: "a cat", allow_repeat: true })
      expect(third).not.toBe(first)
      expect((yield* ledgerOf(world)).tasks).toHaveLength(2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("may spend up to the limit", () =>
    Effect.gen(function* () {
      const { facts } = yield* call("generate_video", { prompt: "a cat" })
      expect(facts).toMatchObject({ quote: { usd: 0.42 } })
    }).pipe(Effect.provide(emulated(new KlingWorld(), { maxUsdPerCall: 0.42, confirmAboveUsd: 0.42 })))
  )
})
