import type { AnyOperation } from "../operation.ts"
import type { Audio, ModelFacts, ReferenceLimits, VideoResolution } from "./model-facts.ts"
import { inOrder } from "./model-order.ts"
import { countOf, enumOf, factsOf, secondsOf, union } from "./operation-limits.ts"

/** What a video model can do, derived from its operations. */
export interface VideoModel {
  /** The name that users pass; also the last segment of the new generation's path. */
  readonly id: string
  /** `model_name` on the legacy paths; absent when the model is not offered there. */
  readonly legacyName?: string
  readonly state: "live" | "unconfirmed"
  readonly products: ReadonlyArray<
    "text-to-video" | "image-to-video" | "omni-video" | "video-extend" | "motion-control"
  >
  /** Durations in integer seconds: a range, or the only values. */
  readonly seconds: { readonly min: number; readonly max: number } | { readonly values: ReadonlyArray<number> }
  readonly resolutions: ReadonlyArray<VideoResolution>
  /** More than the usual 8 bit; absent: not offered. */
  readonly dynamicRanges?: ReadonlyArray<string>
  readonly aspectRatios: ReadonlyArray<string>
  readonly audio: ReadonlyArray<Audio>
  /** Resolutions with native audio; absent: all of them. */
  readonly nativeAudioAt?: ReadonlyArray<VideoResolution>
  readonly lastFrame: boolean
  /** Resolutions that accept a last frame; absent: all of them. */
  readonly lastFrameAt?: ReadonlyArray<VideoResolution>
  /** A video with a last frame has no audio. */
  readonly lastFrameSilent?: boolean
  /** `prompt`: only through the shot syntax in the prompt. */
  readonly multiShot: boolean | "prompt"
  readonly maxElements: number
  /** Voices that it speaks with; 0: none. */
  readonly maxVoices: number
  readonly referenceVideo: boolean
  readonly references?: ReferenceLimits
  /** As a motion-control model: the result is as long as the video whose motion it copies. */
  readonly motion?: MotionLimits
  /** Only the legacy path accepts it. */
  readonly negativePrompt: boolean
}

/** Limits of motion control, which has no duration and no aspect ratio of its own. */
export interface MotionLimits {
  readonly resolutions: ReadonlyArray<"720p" | "1080p">
  readonly audio: ReadonlyArray<"original" | "off">
  readonly maxElements: number
}

/** The product that each family of the new generation is. */
export const productOf = {
  t2v: "text-to-video",
  i2v: "image-to-video",
  omni: "omni-video",
  extend: "video-extend",
  motion: "motion-control"
} as const satisfies Record<string, VideoModel["products"][number]>

export type VideoFamily = keyof typeof productOf

const videoFamilies = ["t2v", "i2v", "omni", "extend", "motion"] as const satisfies ReadonlyArray<VideoFamily>

/** The operations of the new generation by model, families in a fixed order. */
const groupByModel = (operations: ReadonlyArray<AnyOperation>): ReadonlyMap<string, ReadonlyArray<AnyOperation>> => {
  const ofVideo = videoFamilies.flatMap((family) =>
    operations.filter((one) => one.generation === "new" && one.kind === "create" && one.family === family)
  )
  return Map.groupBy(ofVideo, ({ models: [model = ""] }) => model)
}

/** The rows of the video models that `operations` declare. */
export const videoModelsOf = (operations: ReadonlyArray<AnyOperation>): ReadonlyArray<VideoModel> =>
  inOrder(
    [...groupByModel(operations)].map(([id, own]) => {
      const facts = factsOf(id, own)
      return { facts, model: videoModelOf(facts, own, operations) }
    })
  )

const videoModelOf = (
  { audio = "off", multiShot, ...facts }: ModelFacts,
  own: ReadonlyArray<AnyOperation>,
  all: ReadonlyArray<AnyOperation>
): VideoModel => {
  const motion = own.find(({ family }) => family === "motion")
  const made = own.filter((one) => one !== motion)
  const has = (...names: ReadonlyArray<string>) => made.some(({ params }) => names.some((name) => name in params))
  const audios = union(made.map((one) => enumOf(one, "audio"))) as ReadonlyArray<Audio>
  // On the legacy path voices need audio, which is how its models differ there.
  const speaking = [
    ...made,
    ...all.filter(
      (one) =>
        one.generation === "legacy" &&
        one.models.includes(facts.legacyName ?? "") &&
        audios.some((one) => one === "native")
    )
  ]
  const dynamicRanges = union(made.map((one) => enumOf(one, "dynamicRange")))
  return {
    ...tableFacts(facts),
    state: own.every(({ confidence }) => confidence === "low") ? "unconfirmed" : "live",
    products: own.map(({ family }) => productOf[family as VideoFamily]),
    seconds: secondsOf(made),
    resolutions: union(made.map((one) => enumOf(one, "resolution"))) as ReadonlyArray<VideoResolution>,
    ...(dynamicRanges.length === 0 ? {} : { dynamicRanges }),
    aspectRatios: union(made.map((one) => enumOf(one, "aspectRatio"))),
    audio: audios.length === 0 ? [audio] : audios,
    lastFrame: has("lastFrame"),
    multiShot: multiShot ?? has("multiShot"),
    maxElements: facts.references?.max ?? Math.max(0, ...made.map((one) => countOf(one, "elements"))),
    maxVoices: Math.max(0, ...speaking.map((one) => countOf(one, "voices"))),
    referenceVideo: has("featureVideo", "featureVideos", "baseVideo"),
    ...(motion === undefined ? {} : { motion: motionOf(motion) }),
    negativePrompt: all.some(
      (one) =>
        one.generation === "legacy" &&
        (one.family === "t2v" || one.family === "i2v") &&
        one.models.includes(facts.legacyName ?? "") &&
        "negativePrompt" in one.params
    )
  }
}

const tableFacts = ({ id, legacyName, nativeAudioAt, lastFrameAt, lastFrameSilent, references }: ModelFacts) => ({
  id,
  ...(legacyName === undefined ? {} : { legacyName }),
  ...(nativeAudioAt === undefined ? {} : { nativeAudioAt }),
  ...(lastFrameAt === undefined ? {} : { lastFrameAt }),
  ...(lastFrameSilent === undefined ? {} : { lastFrameSilent }),
  ...(references === undefined ? {} : { references })
})

const motionOf = (operation: AnyOperation): MotionLimits => ({
  resolutions: enumOf(operation, "resolution") as MotionLimits["resolutions"],
  audio: enumOf(operation, "audio") as MotionLimits["audio"],
  maxElements: countOf(operation, "element")
})
