import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsIn, requestsSeen } from "../testing/emulated.ts"

const image = "https://a.example/a.png"

/** The beginning and the end of a PNG, whose pixels nothing here reads. */
const pngOf = (width: number, height: number): string => {
  const hex = (value: number) => value.toString(16).padStart(8, "0")
  const header = `0000000d49484452${hex(width)}${hex(height)}080000000000000000`
  const pixels = `0000020049444154${"00".repeat(512)}00000000`
  return Buffer.from(`89504e470d0a1a0a${header}${pixels}0000000049454e44ae426082`, "hex").toString("base64")
}

const expansionIn = (sent: ReadonlyArray<unknown>) => sent.find((one) => "left_expansion_ratio" in (one as object))

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

  it.effect("expands to an aspect ratio: the margins are computed from the size of the image", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const sent = requestsIn(world)
      const png = pngOf(768, 1024)
      const args = { action: "expand", image_urls: [png], aspect_ratio: "16x9" }
      const { structured } = yield* call("edit_image", args)
      expect(expansionIn(sent())).toMatchObject({
        up_expansion_ratio: 0,
        down_expansion_ratio: 0,
        left_expansion_ratio: 0.6852,
        right_expansion_ratio: 0.6852,
        image: png
      })
      const again = yield* call("edit_image", { action: "expand", image_urls: [png], left: 0.6852, right: 0.6852 })
      expect(again.structured["task_id"]).toBe(structured["task_id"])
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["up or down, left, right, or in their place aspect_ratio, is required", { action: "expand", image_urls: [image] }],
    [
      "aspect_ratio needs an image whose size is known here: an earlier result, a file or base64; or give up, down",
      { action: "expand", image_urls: [image], aspect_ratio: "16:9" }
    ],
    [
      "aspect_ratio takes the place of up, down, left, right",
      { action: "expand", image_urls: [image], aspect_ratio: "16:9", up: 1 }
    ],
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
