import type { VideoModel, VideoRequest } from "@klingkit/core"
import { videoModels } from "@klingkit/core"
import * as fc from "fast-check"

/** One cell of the capability matrix: a model and a request. */
export interface VideoCell {
  readonly model: VideoModel
  readonly credential: "api-key" | "key-pair"
  readonly resolution?: string | undefined
  readonly seconds?: number | undefined
  readonly audio?: string | undefined
  readonly aspectRatio?: string | undefined
  readonly frames: "none" | "first" | "both"
  readonly images: number
  readonly elements: number
  readonly video?: "feature" | "base" | undefined
  readonly multiShot?: boolean | undefined
  readonly negativePrompt: boolean
}

const imageUrl = "https://media.example/lighthouse.png"

export const requestOf = (cell: VideoCell): VideoRequest => ({
  model: cell.model.id,
  prompt: "a lighthouse",
  ...(cell.resolution === undefined ? {} : { resolution: cell.resolution }),
  ...(cell.seconds === undefined ? {} : { durationSeconds: cell.seconds }),
  ...(cell.audio === undefined ? {} : { audio: cell.audio }),
  ...(cell.aspectRatio === undefined ? {} : { aspectRatio: cell.aspectRatio }),
  ...(cell.frames === "none" ? {} : { image: imageUrl }),
  ...(cell.frames === "both" ? { lastImage: imageUrl } : {}),
  ...(cell.images === 0 ? {} : { referenceImages: Array.from({ length: cell.images }, () => imageUrl) }),
  ...(cell.elements === 0 ? {} : { elements: Array.from({ length: cell.elements }, (_, index) => `${1000 + index}`) }),
  ...(cell.video === undefined ? {} : { referenceVideo: "https://media.example/waves.mp4", referenceUse: cell.video }),
  ...(cell.multiShot === undefined ? {} : { multiShot: cell.multiShot }),
  ...(cell.negativePrompt ? { negativePrompt: "rain" } : {})
})

/** Whether a cell uses the legacy path: a negative prompt or a key pair requires it. */
export const isLegacy = ({ model, credential, negativePrompt }: VideoCell): boolean =>
  credential === "key-pair" || (negativePrompt && model.negativePrompt)

export const isOmni = ({ products }: VideoModel): boolean => products.includes("omni-video")

const resolutions = ["720p", "1080p", "4k", "8k"]
const seconds = [1, 2, 3, 4, 5, 7, 9, 10, 11, 15, 16, 20, 30, 31]
const audios = ["native", "original", "off"]
const ratios = ["16:9", "9:16", "1:1", "21:9", "adaptive", "5:4"]

/** Mostly legal values, so that many cells are completely legal; sometimes any value. */
const mostly = <A>(legal: ReadonlyArray<A>, any: ReadonlyArray<A>): fc.Arbitrary<A> =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...legal) }, { weight: 1, arbitrary: fc.constantFrom(...any) })

const count = (legal: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: legal }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 9 }) }
  )

const cellsOf = (model: VideoModel): fc.Arbitrary<VideoCell> => {
  const { seconds: limits, references } = model
  const legalSeconds = seconds.filter((value) =>
    "values" in limits ? limits.values.includes(value) : value >= limits.min && value <= limits.max
  )
  // Models that Kling has not confirmed get plain requests only.
  const isLive = model.state === "live"
  return fc.record({
    model: fc.constant(model),
    credential: mostly(model.legacyName === undefined ? ["api-key"] : ["api-key", "key-pair"], ["api-key", "key-pair"]),
    resolution: mostly([undefined, ...model.resolutions], resolutions),
    seconds: mostly([undefined, ...legalSeconds], seconds),
    audio: mostly([undefined, ...model.audio], audios),
    aspectRatio: mostly([undefined, undefined, ...model.aspectRatios], ratios),
    frames: mostly(model.lastFrame ? ["none", "first", "both"] : ["none", "first"], ["none", "first", "both"]),
    images: isLive ? count(references?.maxWithVideo ?? 0) : fc.constant(0),
    elements: isLive ? count(Math.min(model.maxElements, 3)) : fc.constant(0),
    video: isLive
      ? mostly<"feature" | "base" | undefined>(
          references === undefined ? [undefined] : [undefined, "feature", "base"],
          ["feature", "base"]
        )
      : fc.constant(undefined),
    // Every model makes one shot; `false` matters only where there is a choice.
    multiShot: isLive
      ? mostly<boolean | undefined>(model.multiShot === true ? [undefined, true, false] : [undefined], [true])
      : fc.constant(undefined),
    negativePrompt: isLive ? mostly(model.negativePrompt ? [false, false, true] : [false], [true]) : fc.constant(false)
  } as const)
}

/** Cells of all models, legal and not. */
export const videoCells: fc.Arbitrary<VideoCell> = fc.constantFrom(...videoModels).chain(cellsOf)

/** Every model with every resolution, duration, audio and frames on the new paths: the core of the matrix. */
export const plainCells: ReadonlyArray<VideoCell> = videoModels.flatMap((model) =>
  [undefined, ...resolutions].flatMap((resolution) =>
    [undefined, ...seconds].flatMap((seconds) =>
      [undefined, ...audios].flatMap((audio) =>
        (["none", "first", "both"] as const).map((frames): VideoCell => ({
          model,
          credential: "api-key",
          resolution,
          seconds,
          audio,
          frames,
          images: 0,
          elements: 0,
          negativePrompt: false
        }))
      )
    )
  )
)
