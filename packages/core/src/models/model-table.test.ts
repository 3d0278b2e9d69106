import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { operation } from "../operation.ts"
import { catalog } from "../operations/catalog.ts"
import { enumOf, integer, media, string } from "../params/param.ts"
import { describeRequest } from "../plan/plan.ts"
import { planImageWith } from "../plan/plan-image.ts"
import { planVideoWith } from "../plan/plan-video.ts"
import { exactQuote } from "../prices/quote.ts"
import { newImage } from "../media/media-rules.ts"
import { imageModels } from "./image-models.ts"
import { modelTableOf } from "./model-table.ts"
import imageRows from "./testing/image-rows.json" with { type: "json" }
import videoRows from "./testing/video-rows.json" with { type: "json" }
import * as kling31 from "../operations/testing/kling-3-1.ts"
import { findVideoModel, videoModels } from "./video-models.ts"

const declaredImage = operation({
  id: "new.image.kling-image-5.0",
  summary: "Images, Kling Image 5.0",
  family: "image",
  path: "/image-generation/kling-image-5.0",
  confidence: "low",
  models: ["kling-image-5.0"],
  params: {
    prompt: string("prompt", { required: true }),
    image: media("image", newImage, {}),
    n: integer("n", { min: 1, max: 4 }),
    aspectRatio: enumOf("aspect_ratio", ["1:1"], {})
  },
  price: ({ n = 1 }) => exactQuote("image", n, 8, "8 an image"),
  example: { prompt: "A red fox" }
})
const table = modelTableOf([...catalog, ...Object.values(kling31), declaredImage])

describe("an operation that is added to the catalog", () => {
  it.effect("is found and planned, with its own limits and price", () =>
    Effect.gen(function* () {
      const request = { model: "kling-3.1", prompt: "a cat", durationSeconds: 8 }
      const plan = yield* planVideoWith(table, request, "api-key")
      expect(describeRequest(plan)).toEqual({
        method: "POST",
        path: "/text-to-video/kling-3.1",
        body: { prompt: "a cat", settings: { audio: "off", resolution: "720p", duration: 8 } }
      })
      expect(plan.quote).toMatchObject({ state: "exact", units: 8, priceUsd: 1.12 })
      expect(plan.warnings).toEqual([])
      const { message } = yield* Effect.flip(
        planVideoWith(table, { ...request, durationSeconds: 9, resolution: "8k", aspectRatio: "1:1" }, "api-key")
      )
      expect(message).toContain("durationSeconds 9 is not supported by kling-3.1 (2 to 8 s); did you mean 8?")
      expect(message).toContain("resolution 8k is not supported by kling-3.1: 720p, 1080p, 4k")
      expect(message).toContain("aspectRatio is not supported by kling-3.1; omit it")
      const still = { model: "kling-3.1", prompt: "a cat", image: "https://a.example/1.png", audio: "native" }
      expect(describeRequest(yield* planVideoWith(table, { ...still, resolution: "4k" }, "api-key"))).toMatchObject({
        path: "/image-to-video/kling-3.1",
        body: { settings: { audio: "native", resolution: "4k" } }
      })
      expect((yield* Effect.flip(planVideoWith(table, still, "api-key"))).message).toContain(
        "audio native requires resolution 1080p or 4k with kling-3.1"
      )
      const edit = yield* Effect.flip(
        planVideoWith(table, { ...still, referenceVideo: "https://a.example/1.mp4" }, "api-key")
      )
      expect(edit.message).toContain("referenceVideo is not supported by kling-3.1; choose kling-3.0-omni or kling-o1")
      const key = yield* Effect.flip(planVideoWith(table, request, "key-pair"))
      expect(key.message).toContain("model kling-3.1 requires an API key")
    })
  )

  it.effect("makes an image model too, marked as experimental when it is", () =>
    Effect.gen(function* () {
      const plan = yield* planImageWith(table, { model: "kling-image-5.0", prompt: "a cat", n: 2 })
      expect(plan.operation.id).toBe("new.image.kling-image-5.0")
      expect(plan.quote).toMatchObject({ units: 16 })
      expect(plan.warnings.join()).toContain("kling-image-5.0 is experimental")
      const refused = yield* Effect.flip(
        planImageWith(table, { model: "kling-image-5.0", prompt: "a cat", n: 5, resolution: "2k" })
      )
      expect(refused.message).toContain("n 5 is not supported by kling-image-5.0 (1 to 4); did you mean 4?")
      expect(refused.message).toContain("resolution is not supported by kling-image-5.0; omit it")
    })
  )

  it("has a row like every other model", () => {
    expect(table.findVideoModel("kling-3-1")).toEqual({
      id: "kling-3.1",
      state: "live",
      products: ["text-to-video", "image-to-video"],
      seconds: { min: 2, max: 8 },
      resolutions: ["720p", "1080p", "4k"],
      aspectRatios: [],
      audio: ["native", "off"],
      nativeAudioAt: ["1080p", "4k"],
      lastFrame: true,
      multiShot: false,
      maxElements: 0,
      maxVoices: 0,
      referenceVideo: false,
      negativePrompt: false
    })
    expect(table.videoModels.map(({ id }) => id)).toEqual(["kling-3.1", ...videoModels.map(({ id }) => id)])
    expect(findVideoModel("kling-3.1")).toBeUndefined()
  })
})

describe("the table of the declared operations", () => {
  it("has the rows that were reviewed", () => {
    expect(videoModels).toEqual(videoRows)
    expect(imageModels).toEqual(imageRows)
  })
})
