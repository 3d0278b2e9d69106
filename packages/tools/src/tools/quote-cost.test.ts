import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, requestsSeen } from "../testing/emulated.ts"

const image = { image_url: "https://a.example/a.png" }

describe("quote_cost", () => {
  it.effect.each([
    ["generate_video", { prompt: "x" }, { kind: "video" }],
    [
      "generate_video",
      { prompt: "x", model_name: "kling-3.0-turbo", duration: 8 },
      { kind: "video", model_name: "kling-3.0-turbo", duration: 8 }
    ],
    [
      "generate_image_to_video",
      { ...image, mode: "professional", audio: "native" },
      { kind: "video", mode: "professional", audio: "native", with_picture: true }
    ],
    ["generate_image", { prompt: "x", num_images: 3 }, { kind: "image", num_images: 3 }],
    [
      "generate_image",
      { prompt: "x", model_name: "kling-v2-1", ref_image_url: image.image_url },
      { kind: "image", model_name: "kling-v2-1", with_picture: true }
    ]
  ] as const)("says what %s will say: %j", ([tool, args, asked]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const quoted = yield* call("quote_cost", asked)
      expect(yield* requestsSeen(world)).toEqual([])
      const made = yield* call(tool, args)
      expect(quoted.facts).toMatchObject({ quote: made.facts["quote"], operation: made.facts["operation"] })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["duration has no meaning for kind image", { kind: "image", duration: 5 }],
    ["num_images has no meaning for kind video", { kind: "video", num_images: 5 }],
    ["kind must be one of video, image", { kind: "film" }],
    ["resolution 4k is not possible with kling-2.6", { kind: "video", model_name: "kling-2.6", resolution: "4k" }]
  ] as const)("refuses: %s", ([message, args]) =>
    Effect.gen(function* () {
      expect((yield* failure("quote_cost", args)).message).toContain(message)
    }).pipe(Effect.provide(emulated()))
  )
})
