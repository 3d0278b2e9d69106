import { normalizeModelName } from "./normalize-model-name.ts"

/** What a video model can do. Source: Kling docs, model capability pages, 2026-09-20. */
export interface VideoModel {
  /** The name that users pass; also the last segment of the new generation's path. */
  readonly id: string
  /** `model_name` on the legacy paths; absent when the model is not offered there. */
  readonly legacyName?: string
  readonly state: "live" | "unconfirmed"
  readonly products: ReadonlyArray<"text-to-video" | "image-to-video" | "omni-video" | "motion-control">
  /** Durations in integer seconds: a range, or the only values. */
  readonly seconds: { readonly min: number; readonly max: number } | { readonly values: ReadonlyArray<number> }
  readonly resolutions: ReadonlyArray<"720p" | "1080p" | "4k">
  readonly aspectRatios: ReadonlyArray<string>
  readonly audio: ReadonlyArray<"native" | "original" | "off">
  /** Resolutions with native audio; absent: all of them. */
  readonly nativeAudioAt?: ReadonlyArray<"720p" | "1080p" | "4k">
  readonly lastFrame: boolean
  /** Resolutions that accept a last frame; absent: all of them. */
  readonly lastFrameAt?: ReadonlyArray<"720p" | "1080p" | "4k">
  /** A video with a last frame has no audio. */
  readonly lastFrameSilent?: boolean
  /** `prompt`: only through the shot syntax in the prompt. */
  readonly multiShot: boolean | "prompt"
  readonly maxElements: number
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

/** Which references the omni paths accept together. */
export interface ReferenceLimits {
  /** Reference images and elements together. */
  readonly max: number
  /** The same with a reference video. */
  readonly maxWithVideo: number
  /** Elements with a first or last frame. */
  readonly maxElementsWithFrames?: number
  /** A first and a last frame allow no other references. */
  readonly bothFramesAlone?: boolean
  /** A video that is edited accepts no frames. */
  readonly baseVideoWithoutFrames?: boolean
  /** What a use of the reference video requires; absent: nothing. */
  readonly withVideo?: Readonly<
    Record<"feature" | "base", { readonly audio: VideoModel["audio"]; readonly multiShot: boolean }>
  >
  /** The only durations with just a prompt or a first frame. */
  readonly secondsWithoutReferences?: ReadonlyArray<number>
}

const ratios = ["16:9", "9:16", "1:1"]

export const videoModels: ReadonlyArray<VideoModel> = [
  {
    id: "kling-3.0-turbo",
    state: "live",
    products: ["text-to-video", "image-to-video"],
    seconds: { min: 3, max: 15 },
    resolutions: ["720p", "1080p"],
    aspectRatios: ratios,
    audio: ["native"],
    lastFrame: false,
    multiShot: "prompt",
    maxElements: 0,
    referenceVideo: false,
    negativePrompt: false
  },
  {
    id: "kling-3.0",
    legacyName: "kling-v3",
    state: "live",
    products: ["text-to-video", "image-to-video", "motion-control"],
    seconds: { min: 3, max: 15 },
    resolutions: ["720p", "1080p", "4k"],
    aspectRatios: ratios,
    audio: ["native", "off"],
    lastFrame: true,
    multiShot: true,
    maxElements: 3,
    referenceVideo: false,
    motion: { resolutions: ["720p", "1080p"], audio: ["original", "off"], maxElements: 1 },
    negativePrompt: true
  },
  {
    id: "kling-3.0-omni",
    legacyName: "kling-v3-omni",
    state: "live",
    products: ["omni-video"],
    seconds: { min: 3, max: 15 },
    resolutions: ["720p", "1080p", "4k"],
    aspectRatios: ratios,
    audio: ["native", "original", "off"],
    lastFrame: true,
    multiShot: true,
    maxElements: 7,
    referenceVideo: true,
    references: {
      max: 7,
      maxWithVideo: 4,
      maxElementsWithFrames: 3,
      baseVideoWithoutFrames: true,
      withVideo: {
        feature: { audio: ["off"], multiShot: true },
        base: { audio: ["original", "off"], multiShot: false }
      }
    },
    negativePrompt: false
  },
  {
    id: "kling-o1",
    legacyName: "kling-video-o1",
    state: "live",
    products: ["omni-video"],
    seconds: { min: 3, max: 10 },
    resolutions: ["720p", "1080p"],
    aspectRatios: ratios,
    audio: ["original", "off"],
    lastFrame: true,
    multiShot: false,
    maxElements: 7,
    referenceVideo: true,
    references: { max: 7, maxWithVideo: 4, bothFramesAlone: true, secondsWithoutReferences: [5, 10] },
    negativePrompt: false
  },
  {
    id: "kling-2.6",
    legacyName: "kling-v2-6",
    state: "live",
    products: ["text-to-video", "image-to-video", "motion-control"],
    seconds: { values: [5, 10] },
    resolutions: ["720p", "1080p"],
    aspectRatios: ratios,
    audio: ["native", "off"],
    nativeAudioAt: ["1080p"],
    lastFrame: true,
    lastFrameAt: ["1080p"],
    lastFrameSilent: true,
    multiShot: false,
    maxElements: 0,
    referenceVideo: false,
    motion: { resolutions: ["720p", "1080p"], audio: ["original", "off"], maxElements: 0 },
    negativePrompt: true
  },
  {
    id: "kling-2.5-turbo",
    legacyName: "kling-v2-5-turbo",
    state: "live",
    products: ["text-to-video", "image-to-video"],
    seconds: { values: [5, 10] },
    resolutions: ["720p", "1080p"],
    aspectRatios: ratios,
    audio: ["off"],
    lastFrame: true,
    lastFrameAt: ["1080p"],
    multiShot: false,
    maxElements: 0,
    referenceVideo: false,
    negativePrompt: true
  },
  {
    id: "kling-4.0",
    state: "unconfirmed",
    products: ["text-to-video", "image-to-video", "omni-video"],
    seconds: { min: 3, max: 30 },
    resolutions: ["720p", "1080p"],
    aspectRatios: [...ratios, "21:9", "adaptive"],
    audio: ["native"],
    lastFrame: true,
    multiShot: false,
    maxElements: 7,
    referenceVideo: true,
    negativePrompt: false
  },
  {
    id: "kling-4.0-flash",
    state: "unconfirmed",
    products: ["image-to-video"],
    seconds: { min: 3, max: 20 },
    resolutions: ["720p"],
    aspectRatios: [],
    audio: ["native"],
    lastFrame: false,
    multiShot: false,
    maxElements: 0,
    referenceVideo: false,
    negativePrompt: false
  }
]

/** Finds a video model by either of its names: `kling-3.0` or `kling-v3`; dots and hyphens in versions are equivalent. */
export const findVideoModel = (name: string): VideoModel | undefined => {
  const normalized = normalizeModelName(name)
  return videoModels.find(
    ({ id, legacyName = id }) => normalizeModelName(id) === normalized || normalizeModelName(legacyName) === normalized
  )
}
