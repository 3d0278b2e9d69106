import { describe, expect, it } from "vitest"
import { findOperation } from "../operations/catalog.ts"
import { videoUnitsPerSecond } from "../prices/video-prices.ts"
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
    const live = videoModels.filter(({ state }) => state === "live")
    const combinations = live.flatMap((model) =>
      model.resolutions.flatMap((resolution) =>
        model.audio
          .filter((audio) => audio !== "native" || (model.nativeAudioAt ?? model.resolutions).includes(resolution))
          .map((audio) => ({ id: model.id, resolution, feature: audio === "native" ? "native" : "silent" }))
      )
    )
    const prices: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> =
      videoUnitsPerSecond
    expect(
      combinations.filter(({ id, resolution, feature }) => prices[id]?.[feature]?.[resolution] === undefined)
    ).toEqual([])
    expect(combinations.length).toBeGreaterThan(20)
  })
})
