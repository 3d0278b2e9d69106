import { normalizeModelName } from "./normalize-model-name.ts"

export type Audio = "native" | "original" | "off"
export type VideoResolution = "720p" | "1080p" | "4k"
export type ImageResolution = "1k" | "2k" | "4k" | "8k"

/** What the params of a model's operations cannot say. A model without any of it is just its name in `models`. */
export interface ModelFacts {
  /** The name that users pass. */
  readonly id: string
  /** The version to list it by, where its name has none. */
  readonly listedAs?: number
  /** `model_name` on the legacy paths; absent when the model is not offered there, or named the same. */
  readonly legacyName?: string
  /** The only audio of a model that has no setting for it; absent: off. */
  readonly audio?: Audio
  /** Resolutions with native audio; absent: all of them. */
  readonly nativeAudioAt?: ReadonlyArray<VideoResolution>
  /** Resolutions that accept a last frame; absent: all of them. */
  readonly lastFrameAt?: ReadonlyArray<VideoResolution>
  /** A video with a last frame has no audio. */
  readonly lastFrameSilent?: boolean
  /** Several shots only through the shot syntax in the prompt. */
  readonly multiShot?: "prompt"
  readonly references?: ReferenceLimits
  /** Image resolutions, where an operation accepts more with another model. */
  readonly imageResolutions?: ReadonlyArray<ImageResolution>
  /** False: no series, although its operation makes them with another model. */
  readonly series?: false
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
    Record<"feature" | "base", { readonly audio: ReadonlyArray<Audio>; readonly multiShot: boolean }>
  >
  /** The only durations with just a prompt or a first frame. */
  readonly secondsWithoutReferences?: ReadonlyArray<number>
}

/** Finds a model by either of its names: `kling-3.0` or `kling-v3`; dots and hyphens in versions are equivalent. */
export const findByName = <M extends Pick<ModelFacts, "id" | "legacyName">>(
  models: ReadonlyArray<M>,
  name: string
): M | undefined => {
  const normalized = normalizeModelName(name)
  return models.find(
    ({ id, legacyName = id }) => normalizeModelName(id) === normalized || normalizeModelName(legacyName) === normalized
  )
}

/** The names of models on the legacy paths. */
export const legacyNames = (...models: ReadonlyArray<ModelFacts>): ReadonlyArray<string> =>
  models.map(({ id, legacyName }) => legacyName ?? id)
