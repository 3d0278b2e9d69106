import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { ConfigProvider, Effect } from "effect"
import { tools } from "../catalog.ts"
import { call, emulated, failure, requestsSeen } from "../testing/emulated.ts"

/** A call of every tool that spends, dearer than a cent. */
const dear: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  generate_video: { prompt: "a cat" },
  generate_image_to_video: { image_url: "https://a.example/a.png" },
  generate_image: { prompt: "a cat", num_images: 9 }
}

const within = (environment: Readonly<Record<string, string>>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))

describe("every tool that spends", () => {
  it("is known to this test", () => {
    expect(Object.keys(dear)).toEqual(tools.filter((tool) => tool.charged).map((tool) => tool.name))
  })

  it.effect.each(
    Object.entries(dear).flatMap(([name, args]) =>
      [
        ["JOB_OVER_BUDGET", "KLINGKIT_MAX_USD_PER_CALL", "0.01"],
        ["JOB_OVER_BUDGET", "KLINGKIT_MAX_USD_PER_DAY", "0.01"],
        ["JOB_NOT_APPROVED", "KLINGKIT_CONFIRM_ABOVE_USD", "0.01"],
        ["KLING_INVALID_INPUT", "KLINGKIT_MAX_USD_PER_CALL", "a lot"]
      ].map(([code = "", variable = "", value = ""]) => [name, code, variable, value, args] as const)
    )
  )("stays within the limits: %s, %s, %s=%s", ([name, code, variable, value, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure(name, args)).code).toBe(code)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(within({ [variable]: value }), Effect.provide(emulated(world)))
  })

  it.effect("may spend up to the limit", () =>
    Effect.gen(function* () {
      const { facts } = yield* call("generate_video", { prompt: "a cat" })
      expect(facts).toMatchObject({ quote: { usd: 0.42 } })
    }).pipe(
      within({ KLINGKIT_MAX_USD_PER_CALL: "0.42", KLINGKIT_CONFIRM_ABOVE_USD: "0.42" }),
      Effect.provide(emulated())
    )
  )
})
