import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { findOperation } from "../operations/catalog.ts"
import type { ValueType } from "../params/value-type.ts"
import { videoUnitsPerSecond } from "../prices/video-prices.ts"
import { imageModels } from "./image-models.ts"
import { type VideoModel, videoModels } from "./video-models.ts"

const declared = (id: string): AnyOperation => {
  const operation = findOperation(id)
  if (operation === undefined) throw new Error(`${id} is not in the catalogue`)
  return operation
}

const typeOf = (operation: AnyOperation, name: string): ValueType | undefined => operation.params[name]?.type

const choices = (operation: AnyOperation, name: string): ReadonlyArray<string> => {
  const type = typeOf(operation, name)
  return type?.kind === "choice" ? type.values : []
}

const secondsOf = (operation: AnyOperation): unknown => {
  const type = typeOf(operation, "durationSeconds")
  if (type?.kind !== "integer") return undefined
  return type.values === undefined ? { min: type.min, max: type.max } : { values: type.values }
}

const most = (operation: AnyOperation, name: string): number => {
  const type = typeOf(operation, name)
  return type?.kind === "list" ? (type.max ?? Number.POSITIVE_INFINITY) : type?.kind === "record" ? 1 : 0
}

const operationOf = ({ id }: VideoModel, product: "t2v" | "i2v" | "omni" | "motion") => declared(`new.${product}.${id}`)

/** From a picture alone a clip takes its shape; the omni paths count elements together with pictures, by rules. */
const isFree = (product: string): boolean => product !== "i2v"

const makers = videoModels.flatMap((model) =>
  model.products.flatMap((product) => {
    const short = { "text-to-video": "t2v", "image-to-video": "i2v", "omni-video": "omni" } as const
    return product === "motion-control" ? [] : [{ model, product: short[product] }]
  })
)

describe("a row of the table of clips", () => {
  it.each(makers)("says what $model.id declares on its own path: $product", ({ model, product }) => {
    const operation = operationOf(model, product)
    const isLive = model.state === "live"
    const says = {
      resolutions: choices(operation, "resolution"),
      seconds: secondsOf(operation),
      audio: choices(operation, "audio"),
      aspectRatios: isFree(product) ? choices(operation, "aspectRatio") : [],
      multiShot: operation.params["multiShot"] !== undefined,
      // A partner's description has these otherwise for each path of 4.0.
      lastFrame: isLive && operation.params["lastFrame"] !== undefined,
      maxElements: isLive ? most(operation, "elements") : 0
    }
    // A choice of one is no choice: where the sound is always the same, the path has no field for it.
    const audio = model.audio.filter((kind) => kind !== "original" || product === "omni")
    expect(says).toEqual({
      resolutions: model.resolutions,
      seconds: model.seconds,
      audio: audio.length === 1 ? [] : audio,
      aspectRatios: isFree(product) ? model.aspectRatios : [],
      multiShot: model.multiShot === true,
      lastFrame: isLive && product !== "t2v" && model.lastFrame,
      maxElements: !isLive || product === "t2v" ? 0 : product === "omni" ? Number.POSITIVE_INFINITY : model.maxElements
    })
  })

  it.each(videoModels.filter(({ motion }) => motion !== undefined))("says what $id copies motion with", (model) => {
    expect(model.products).toContain("motion-control")
    const operation = operationOf(model, "motion")
    expect({
      resolutions: choices(operation, "resolution"),
      audio: choices(operation, "audio"),
      maxElements: most(operation, "element")
    }).toEqual(model.motion)
  })

  it("is there for every model of every path of clips, and for no other", () => {
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

  it("has a price for each resolution and sound that it allows", () => {
    const live = videoModels.filter(({ state }) => state === "live")
    const asked = live.flatMap((model) =>
      model.resolutions.flatMap((resolution) =>
        model.audio
          .filter((audio) => audio !== "native" || (model.nativeAudioAt ?? model.resolutions).includes(resolution))
          .map((audio) => ({ id: model.id, resolution, sound: audio === "native" ? "native" : "silent" }))
      )
    )
    const prices: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> =
      videoUnitsPerSecond
    expect(asked.filter(({ id, resolution, sound }) => prices[id]?.[sound]?.[resolution] === undefined)).toEqual([])
    expect(asked.length).toBeGreaterThan(20)
  })
})

describe("a row of the table of pictures", () => {
  it.each(["legacy.images.generations", "legacy.images.omni-image", "new.image.kling-image-4.0"] as const)(
    "says what is declared: %s",
    (id) => {
      const operation = declared(id)
      const rows = imageModels.filter(({ operations }) => operations.includes(id))
      expect(rows.map((row) => row.id).toSorted()).toEqual(operation.models.toSorted())
      const union = (values: ReadonlyArray<ReadonlyArray<string>>) => [...new Set(values.flat())].toSorted()
      expect(choices(operation, "resolution").toSorted()).toEqual(union(rows.map((row) => row.resolutions)))
      expect(choices(operation, "aspectRatio").toSorted()).toEqual(union(rows.map((row) => row.aspectRatios)))
      expect(operation.params["resultType"] !== undefined).toBe(rows.some(({ series }) => series))
      // How many single pictures 4.0 makes is not known.
      const max = id === "new.image.kling-image-4.0" ? {} : { max: Math.max(...rows.map(({ maxImages }) => maxImages)) }
      expect(typeOf(operation, "n")).toEqual({ kind: "integer", min: 1, ...max })
    }
  )
})
