import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, passTime, requestsSeen } from "../testing/emulated.ts"

const image = "https://a.example/a.png"

describe("edit_image", () => {
  it.effect.each([
    ["legacy.images.expand", 8, 1, { action: "expand", image_urls: [image], right: 0.5 }],
    ["legacy.images.multi-image2image", 16, 1, { action: "combine", image_urls: [image, image], prompt: "x" }],
    ["legacy.images.omni-image", 16, 2, { action: "omni", image_urls: [image], prompt: "x", num_images: 2 }],
    [
      "legacy.images.omni-image",
      24,
      3,
      { action: "omni", prompt: "x", series: 3, model_name: "kling-v3-omni", element_ids: ["829836802793406551"] }
    ]
  ] as const)("makes images by %s for %d units", ([operation, units, count, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("edit_image", args)
      expect(structured).toMatchObject({ operation, quote: { state: "exact", units } })
      yield* passTime(world)
      const status = yield* call("check_image_status", { task_id: structured["task_id"] })
      expect(status.structured["outputs"]).toHaveLength(count)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["up or down, left, right is required", { action: "expand", image_urls: [image] }],
    ["image_urls has 2 entries; give one", { action: "expand", image_urls: [image, image], up: 1 }],
    ["up and the others make the image", { action: "expand", image_urls: [image], up: 2, left: 2 }],
    ["series is not used with action combine", { action: "combine", image_urls: [image], series: 3 }],
    ["up is not used with action omni", { action: "omni", prompt: "x", up: 1 }],
    ["series series is not supported by kling-image-o1", { action: "omni", prompt: "x", series: 3 }],
    ["prompt is required", { action: "omni" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("edit_image", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
