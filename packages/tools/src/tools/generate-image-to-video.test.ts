import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, requestsSeen } from "../testing/emulated.ts"

const image_url = "https://pictures.example/first.png"

describe("generate_image_to_video", () => {
  it.effect("starts a video from a first and a last frame", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("generate_image_to_video", {
        image_url,
        image_tail_url: "https://pictures.example/last.png",
        prompt: "she turns",
        mode: "standard",
        duration: "5"
      })
      expect(text).toMatch(/^Image-to-video generation started successfully!\nTask ID: kk-i2v-/)
      expect(structured).toMatchObject({ operation: "new.i2v.kling-3.0", quote: { units: 3 } })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["image_url is required", { prompt: "x" }],
    ["/no/such.png: is outside the readable folders", { image_url: "/no/such.png" }],
    ["image_tail_url no-such.png is neither a URL nor a readable file", { image_url, image_tail_url: "no-such.png" }],
    ["image_tail_url requires resolution 1080p", { image_url, image_tail_url: image_url, model_name: "kling-2.6" }],
    [
      "image_tail_url is not supported by kling-3.0-turbo",
      { image_url, image_tail_url: image_url, model_name: "kling-3.0-turbo" }
    ],
    ["aspect_ratio is that of the image; leave it out", { image_url, aspect_ratio: "16:9" }],
    ["cfg_scale worked only with the v1 models", { image_url, cfg_scale: 0 }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("generate_image_to_video", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
