import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, requestsSeen } from "../testing/emulated.ts"

const ref_image_url = "https://pictures.example/face.png"

describe("generate_image", () => {
  it.effect("starts as many images as requested", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("generate_image", {
        prompt: "a cat",
        num_images: 2,
        aspect_ratio: "1:1"
      })
      expect(text).toContain("Generating 2 images with aspect ratio 1:1.\nTask ID: kk-img-")
      expect(structured).toMatchObject({ model: "kling-v3", quote: { units: 16 } })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("weighs a reference image", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* call("generate_image", { prompt: "a cat", ref_image_url, ref_image_weight: 0.8 })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["model_name kling-v2-master is a video model; choose kling-v3", { prompt: "x", model_name: "kling-v2-master" }],
    ["model_name kling-v1.5 was retired by Kling", { prompt: "x", model_name: "kling-v1.5" }],
    ["num_images 12 is not supported by kling-v3", { prompt: "x", num_images: 12 }],
    ["aspect_ratio 4:5 is not supported by", { prompt: "x", aspect_ratio: "4:5" }],
    ["aspect_ratio", { prompt: "x", aspect_ratio: "auto" }],
    ["ref_image_weight only applies with a reference image", { prompt: "x", ref_image_weight: 0.4 }],
    ["ref_image_weight must be at most 1", { prompt: "x", ref_image_url, ref_image_weight: 4 }],
    ["negative_prompt cannot be combined with a reference image", { prompt: "x", ref_image_url, negative_prompt: "y" }],
    ["resolution 4k is not supported by kling-v3", { prompt: "x", resolution: "4k" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("generate_image", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
