import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, ledgerOf, injectFault } from "../testing/emulated.ts"

const args = { image_url: "https://a.example/a.png" }

describe("describe_image", () => {
  it.effect("names the parts of an image, and pays once though the call is repeated", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured, links = [] } = yield* call("describe_image", args)
      expect((structured["parts"] as ReadonlyArray<{ part: string }>).map(({ part }) => part)).toEqual([
        "object",
        "head",
        "face",
        "clothes"
      ])
      expect(text).toMatch(/^Image 1: object\n- URL: http/)
      expect(links).toHaveLength(4)
      const again = yield* call("describe_image", args)
      expect(again.structured).toMatchObject({ repeated: true, parts: [{}, {}, {}, {}] })
      expect((yield* ledgerOf(world)).charges).toMatchObject([{ operation: "legacy.image-recognize", units: 0.1 }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is never resent when its answer is lost", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "commit-then-drop" })
      const error = yield* Effect.flip(call("describe_image", args))
      expect([error.code, error.wasCharged]).toEqual(["KLING_SUBMISSION_UNKNOWN", "maybe"])
      expect((yield* ledgerOf(world)).charges).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })
})
