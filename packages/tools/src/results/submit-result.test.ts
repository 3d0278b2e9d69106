import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, startTask } from "../testing/emulated.ts"

describe("a paid tool", () => {
  it.effect.each(["allow_duplicate", "allow_repeat"])(
    "makes one task of a duplicate request, unless %s is set",
    (name) => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        const [first, second] = [yield* startTask("generate_video"), yield* startTask("generate_video")]
        expect(second).toBe(first)
        const third = yield* startTask("generate_video", { prompt: "a cat", [name]: true })
        expect(third).not.toBe(first)
        expect((yield* ledgerOf(world)).tasks).toHaveLength(2)
      }).pipe(Effect.provide(emulated(world)))
    }
  )

  it.effect.each([
    ["generate_video", { prompt: "a cat" }, "this is its task; "],
    ["generate_audio", { kind: "speech", text: "Good morning" }, "this is its result; "],
    ["describe_image", { image_url: "https://a.example/a.png" }, ""]
  ] as const)("says which take is another one, beside three of %s", ([name, args, what]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      for (const take of [1, 2, 3]) yield* call(name, { ...args, take })
      const repeated = `This request was made before: ${what}nothing was sent. To make another, set take: 4.`
      for (const take of [1, 3]) expect((yield* call(name, { ...args, take })).text.split("\n")[0]).toBe(repeated)
      yield* passTime(world)
      expect((yield* ledgerOf(world)).charges).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world, { maxUsdPerCall: 2 })))
  })

  it.effect("that is repeated after its task has ended asks for no wait", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const args = { prompt: "a cat" }
      expect((yield* call("generate_video", args)).text).toContain("Call wait_for_task")
      yield* passTime(world)
      const { text } = yield* call("generate_video", args)
      expect(text).toContain("Status: succeed")
      expect(text).toContain("Next: It has ended")
      expect(text).not.toMatch(/wait_for_task|Expected time/)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("refuses an argument that is given under its old and its new name", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const error = yield* failure("generate_video", { prompt: "a cat", allow_duplicate: false, allow_repeat: true })
      expect(error.message).toContain("allow_repeat")
      expect((yield* ledgerOf(world)).tasks).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("can spend up to the limit", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("generate_video", { prompt: "a cat" })
      expect(structured).toMatchObject({ quote: { usd: 0.42 } })
    }).pipe(Effect.provide(emulated(new KlingWorld(), { maxUsdPerCall: 0.42, confirmAboveUsd: 0.42 })))
  )
})
