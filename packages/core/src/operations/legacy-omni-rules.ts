import { kling30Omni, klingO1 } from "../models/live-models.ts"
import type { AnyOperation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { legacyModelRules, shotRules } from "./legacy-video.ts"
import { type OmniContents, omniContentRules } from "./omni-rules.ts"
import { atLeastOne } from "./presence-rules.ts"
import { orderedReferences } from "./prompt-references.ts"

interface LegacyOmniInput {
  readonly model?: string
  readonly mode?: string
  readonly sound?: string
  readonly prompt?: string
  readonly images?: ReadonlyArray<{ readonly frame?: string }>
  readonly elements?: ReadonlyArray<string>
  readonly videos?: ReadonlyArray<{ readonly referType?: string }>
  readonly multiShot?: boolean
  readonly shotType?: string
  readonly shots?: ReadonlyArray<{ readonly index: number; readonly durationSeconds: number }>
  readonly aspectRatio?: string
  readonly durationSeconds?: number
}

/** Kling's defaults on this path differ from those of the other legacy video paths. */
export const withOmniDefaults = <Input extends LegacyOmniInput>(input: Input) => ({
  ...input,
  model: input.model ?? "kling-video-o1",
  mode: input.mode ?? "pro"
})

const framesOf = (input: LegacyOmniInput, frame: string): number =>
  input.images?.filter((image) => image.frame === frame).length ?? 0

export const legacyOmniContents = (input: LegacyOmniInput): OmniContents => {
  const video = input.videos?.[0]
  return {
    model: withOmniDefaults(input).model,
    firstFrame: framesOf(input, "first_frame") > 0,
    lastFrame: framesOf(input, "end_frame") > 0,
    images: input.images?.filter((image) => image.frame === undefined).length ?? 0,
    elements: input.elements?.length ?? 0,
    video: video === undefined ? undefined : video.referType === "feature" ? "feature" : "base",
    durationSeconds: input.durationSeconds
  }
}

/** The limits of each model are those of its operation in `operations`. */
export const legacyOmniRules = (operations: ReadonlyArray<AnyOperation>): ReadonlyArray<Rule<LegacyOmniInput>> => [
  atLeastOne("prompt", "shots", "images", "elements", "videos"),
  ...[...shotRules, ...legacyModelRules(operations)].map((rule) => ({
    ...rule,
    check: (input: LegacyOmniInput) => rule.check(withOmniDefaults(input))
  })),
  ...omniContentRules([klingO1, kling30Omni], legacyOmniContents, {
    firstFrame: "images[first_frame]",
    lastFrame: "images[end_frame]",
    images: "images"
  }),
  orderedReferences({ image: ["images"], video: ["videos"], element: ["elements"] }),
  {
    name: "one-of-each-frame",
    field: "images",
    check: (input) =>
      framesOf(input, "first_frame") > 1 || framesOf(input, "end_frame") > 1
        ? "contain several first or end frames; at most one of each"
        : undefined
  },
  {
    name: "images-with-video",
    field: "images",
    check: ({ images = [], videos = [] }) =>
      images.length > 4 && videos.length > 0 ? `are ${images.length}; at most 4 with a video` : undefined
  },
  {
    name: "sound-off-with-video",
    field: "sound",
    check: ({ sound, videos = [] }) => (sound === "on" && videos.length > 0 ? 'must be "off" with a video' : undefined)
  },
  {
    name: "aspect-ratio-needed",
    field: "aspectRatio",
    check: (input) => {
      const { firstFrame, video } = legacyOmniContents(input)
      return input.aspectRatio === undefined && !firstFrame && video !== "base"
        ? "is required when there is neither a first frame nor a video to edit: 16:9, 9:16 or 1:1"
        : undefined
    }
  }
]
