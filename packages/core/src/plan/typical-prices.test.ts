import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { imageModels } from "../models/image-models.ts"
import { videoModels } from "../models/video-models.ts"
import { typicalPrices, typicalPricesText } from "./typical-prices.ts"

describe("the typical prices of a model", () => {
  it.effect.each([
    ["kling-3.0", "720p $0.42, with audio $0.63; 1080p $0.56, with audio $0.84; 4k $2.10, with audio $2.10"],
    // Its audio needs 1080p; the other one has no silent video.
    ["kling-2.6", "720p $0.21; 1080p $0.35, with audio $0.70"],
    ["kling-3.0-turbo", "720p with audio $0.56; 1080p with audio $0.70"],
    ["kling-2.5-turbo", "720p $0.21; 1080p $0.35"],
    ["kling-v3-omni", "1k $0.028; 2k $0.028; 4k $0.056"],
    ["kling-v2-1", "1k $0.014, with image $0.028; 2k $0.014, with image $0.028"],
    // No price is published.
    ["kling-image-4.0", ""]
  ] as const)("%s", ([name, text]) =>
    Effect.gen(function* () {
      const model = [...videoModels, ...imageModels].find(({ id }) => id === name) ?? expect.fail(name)
      expect(typicalPricesText(yield* typicalPrices(model))).toBe(text)
    })
  )

  it.effect("are there for every model that Kling has confirmed", () =>
    Effect.gen(function* () {
      for (const model of [...videoModels, ...imageModels].filter(({ state }) => state === "live")) {
        expect([model.id, (yield* typicalPrices(model)).map(({ resolution }) => resolution)]).toEqual([
          model.id,
          expect.arrayContaining([...model.resolutions])
        ])
      }
    })
  )
})
