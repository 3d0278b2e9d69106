import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { findOperation } from "../operations/catalog.ts"
import type { ValueType } from "../params/value-type.ts"
import { videoUnitsPerSecond } from "../prices/video-prices.ts"
import { imageModels } from "./image-models.ts"
import { type VideoModel, videoModels } from "./video-models.ts"

const declared = (id: string): AnyOperation => {
  const operation = findOperation(id)
  if (operation === undefined) throw new Error(`${id} is not in the catalog`)
  return operation
}

const typeOf = (operation: AnyOperation, name: string): ValueType | undefined => operation.params[name]?.type

const enumValues = (operation: AnyOperation, name: string): ReadonlyArray<string> => {
  const type = typeOf(operation, name)
  return type?.kind === "enum" ? type.values : []
}

const secondsOf = (operation: AnyOperation): unknown => {
  const type = typeOf(operation, "durationSeconds")
  if (type?.kind !== "integer") return undefined
  return type.values === undefined ? { min: type.min, max: type.max } : { values: type.values }
}

const maxCount = (operation: AnyOperation, name: string): number => {
  const type = typeOf(operation, name)
  return type?.kind === "array" ? (type.max ?? Number.POSITIVE_INFINITY) : type?.kind === "object" ? 1 : 0
}

const operationOf = ({ id }: VideoModel, product: "t2v" | "i2v" | "omni" | "motion") => declared(`new.${product}.${id}`)

/** Image to video follows the aspect ratio of the image; the omni paths count elements together with images, by rules. */
const hasAspectRatio = (product: string): boolean => product !== "i2v"

const modelProducts = videoModels.flatMap((model) =>
  model.products.flatMap((product) => {
    const short = { "text-to-video": "t2v", "image-to-video": "i2v", "omni-video": "omni" } as const
    return product === "motion-control" ? [] : [{ model, product: short[product] }]
  })
)

describe("a row of the video table", () => {
  it.each(modelProducts)("matches what $model.id declares on its path: $product", ({ model, product }) => {
    const operation = operationOf(model, product)
    const isLive = model.state === "live"
    const declaredLimits = {
      resolutions: enumValues(operation, "resolution"),
      seconds: secondsOf(operation),
      audio: enumValues(operation, "audio"),
      aspectRatios: hasAspectRatio(product) ? enumValues(operation, "aspectRatio") : [],
      multiShot: operation.params["multiShot"] !== undefined,
      // For 4.0, a partner's description differs by path.
      lastFrame: isLive && operation.params["lastFrame"] !== undefined,
      maxElements: isLive ? maxCount(operation, "elements") : 0
    }
    // A path has no field for audio when there is only one setting.
    const audio = model.audio.filter((kind) => kind !== "original" || product === "omni")
    expect(declaredLimits).toEqual({
      resolutions: model.resolutions,
      seconds: model.seconds,
      audio: audio.length === 1 ? [] : audio,
      aspectRatios: hasAspectRatio(product) ? model.aspectRatios : [],
      multiShot: model.multiShot === true,
      lastFrame: isLive && product !== "t2v" && model.lastFrame,
      maxElements: !isLive || product === "t2v" ? 0 : product === "omni" ? Number.POSITIVE_INFINITY : model.maxElements
    })
  })

  it.each(videoModels.filter(({ motion }) => motion !== undefined))("matches the motion control of $id", (model) => {
    expect(model.products).toContain("motion-control")
    const operation = operationOf(model, "motion")
    expect({
      resolutions: enumValues(operation, "resolution"),
      audio: enumValues(operation, "audio"),
      maxElements: maxCount(operation, "element")
    }).toEqual(model.motion)
  })

  it("exists for exactly the models of all video paths", () => {
    const ids = (path: string) => declared(path).models
    const legacy = (product: VideoModel["products"][number]) =>
      videoModels.flatMap(({ legacyName, products }) =>
        legacyName !== undefined && products.includes(product) ? [legacyName] : []
      )
    expect(ids("legacy.text2video")).toEqual(legacy("text-to-video"))
    expect(ids("legacy.image2video")).toEqual(legacy("image-to-video"))
    expect(ids("legacy.omni-video").toSorted()).toEqual(legacy("omni-video").toSorted())
    expect(ids("legacy.motion-control").toSorted()).toEqual(legacy("motion-control").toSorted())
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

describe("a row of the image table", () => {
  it.each(["legacy.images.generations", "legacy.images.omni-image", "new.image.kling-image-4.0"] as const)(
    "matches the declaration: %s",
    (id) => {
      const operation = declared(id)
      const rows = imageModels.filter(({ operations }) => operations.includes(id))
      expect(rows.map((row) => row.id).toSorted()).toEqual(operation.models.toSorted())
      const union = (values: ReadonlyArray<ReadonlyArray<string>>) => [...new Set(values.flat())].toSorted()
      expect(enumValues(operation, "resolution").toSorted()).toEqual(union(rows.map((row) => row.resolutions)))
      expect(enumValues(operation, "aspectRatio").toSorted()).toEqual(union(rows.map((row) => row.aspectRatios)))
      expect(operation.params["resultType"] !== undefined).toBe(rows.some(({ series }) => series))
      // The maximum for single images of 4.0 is unknown.
      const max = id === "new.image.kling-image-4.0" ? {} : { max: Math.max(...rows.map(({ maxImages }) => maxImages)) }
      expect(typeOf(operation, "n")).toEqual({ kind: "integer", min: 1, ...max })
    }
  )
})
