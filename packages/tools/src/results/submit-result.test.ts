import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import type { SpendLimits } from "@klingkit/jobs"
import { Effect } from "effect"
import { tools } from "../catalog.ts"
import { call, emulated, failure, ledgerOf, requestsSeen, started } from "../testing/emulated.ts"

/** A call of every tool that spends, dearer than a cent. */
const dear: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  generate_video: { prompt: "a cat" },
  generate_image_to_video: { image_url: "https://a.example/a.png" },
  generate_image: { prompt: "a cat", num_images: 9 }
}

describe("every tool that spends", () => {
  it("is known to this test", () => {
    expect(Object.keys(dear)).toEqual(tools.filter((tool) => tool.charged).map((tool) => tool.name))
  })

  it.effect.each(
    Object.entries(dear).flatMap(([name, args]) =>
      [
        ["LEDGER_OVER_BUDGET", { maxUsdPerCall: 0.01 }],
        ["LEDGER_OVER_BUDGET", { maxUsdPerDay: 0.01 }],
        ["JOB_NOT_APPROVED", { confirmAboveUsd: 0.01 }]
      ].map(([code, limits]) => [name, code as string, limits as SpendLimits, args] as const)
    )
  )("stays within the limits: %s, %s, %j", ([name, code, limits, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure(name, args)).code).toBe(code)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world, limits)))
  })

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
