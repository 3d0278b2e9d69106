import type { ModelFacts } from "../models/model-facts.ts"
import type { Rule } from "../params/check-input.ts"

interface VideoInput {
  readonly audio?: string
  readonly resolution?: string
  readonly lastFrame?: string
}

type Facts = Pick<ModelFacts, "id" | "nativeAudioAt" | "lastFrameAt" | "lastFrameSilent">

/** Native audio at some resolutions only. */
export const nativeAudioAt = ({ id, nativeAudioAt: sizes = [] }: Facts): Rule<VideoInput> => ({
  name: `native-audio-at-${sizes.join("-or-")}`,
  field: "audio",
  check: ({ audio, resolution = "720p" }) =>
    audio === "native" && !isOneOf(sizes, resolution)
      ? `native requires resolution ${sizes.join(" or ")} with ${id}; otherwise set audio to "off"`
      : undefined
})

/** A last frame at some resolutions only. */
export const lastFrameAt = ({ id, lastFrameAt: sizes = [] }: Facts): Rule<VideoInput> => ({
  name: `last-frame-at-${sizes.join("-or-")}`,
  field: "lastFrame",
  check: ({ lastFrame, resolution = "720p" }) =>
    lastFrame !== undefined && !isOneOf(sizes, resolution)
      ? `requires resolution ${sizes.join(" or ")} with ${id}`
      : undefined
})

/** No audio in a video with a last frame. */
export const silentWithLastFrame = ({ id }: Facts): Rule<VideoInput> => ({
  name: "last-frame-silent",
  field: "lastFrame",
  check: ({ lastFrame, audio }) =>
    lastFrame !== undefined && audio === "native"
      ? `makes a silent video with ${id}; set audio to "off" or omit the last frame`
      : undefined
})

/** The rules that follow from the facts of a model. */
export const factRules = (facts: Facts): ReadonlyArray<Rule<VideoInput>> => [
  ...(facts.nativeAudioAt === undefined ? [] : [nativeAudioAt(facts)]),
  ...(facts.lastFrameAt === undefined ? [] : [lastFrameAt(facts)]),
  ...(facts.lastFrameSilent === true ? [silentWithLastFrame(facts)] : [])
]

const isOneOf = (values: ReadonlyArray<string>, value: string): boolean => values.includes(value)

/** Estimate from published timings: a 5 s video takes 30 to 60 s; longer and larger ones take proportionally more. */
export const expectedVideoSeconds = (input: {
  readonly durationSeconds?: number
  readonly resolution?: string
  readonly mode?: string
}): number => {
  const size = input.resolution ?? (input.mode === "pro" ? "1080p" : input.mode === "4k" ? "4k" : "720p")
  const factor = size === "4k" ? 3 : size === "1080p" ? 1.5 : 1
  return Math.round((25 + 5 * (input.durationSeconds ?? 5)) * factor)
}
