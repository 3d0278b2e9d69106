import { describe, expect, it } from "vitest"
import { findOperation } from "../operations/catalog.ts"
import { knownModels } from "./known-models.ts"
import type { VideoModel } from "./video-model.ts"
import { videoModels } from "./video-models.ts"

describe("a row of the video table", () => {
  it("exists for exactly the models of all video paths", () => {
    const ids = (path: string) => findOperation(path)?.models.toSorted()
    const legacy = (product: VideoModel["products"][number]) =>
      videoModels
        .flatMap(({ legacyName, products }) =>
          legacyName !== undefined && products.includes(product) ? [legacyName] : []
        )
        .toSorted()
    expect(ids("legacy.text2video")).toEqual(legacy("text-to-video"))
    expect(ids("legacy.image2video")).toEqual(legacy("image-to-video"))
    expect(ids("legacy.omni-video")).toEqual(legacy("omni-video"))
    expect(ids("legacy.motion-control")).toEqual(legacy("motion-control"))
  })

  it("has a price for each resolution and audio setting", () => {
    const combinations = videoModels
      .filter(({ state }) => state === "live")
      .flatMap((model) =>
        model.resolutions.flatMap((resolution) =>
          model.audio
            .filter((audio) => audio !== "native" || (model.nativeAudioAt ?? model.resolutions).includes(resolution))
            .map((audio) => ({ model, input: { prompt: "a fox", durationSeconds: 5, resolution, audio } }))
        )
      )
    const unpriced = combinations.filter(({ model, input }) => {
      const operation = knownModels.videoOperation(model, "t2v") ?? knownModels.videoOperation(model, "omni")
      return operation?.price(input).units === undefined
    })
    expect(unpriced.map(({ model, input }) => [model.id, input.resolution, input.audio])).toEqual([])
    expect(combinations.length).toBeGreaterThan(20)
  })
})
