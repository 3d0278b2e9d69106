import { kling4Image, kling4Video } from "../media/media-rules.ts"
import type { Rule } from "../params/check-input.ts"
import { array, boolean, enumOf, media, object, objectArray } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { atLeastOne } from "./presence-rules.ts"
import { namedReferences } from "./prompt-references.ts"
import { elementFields, referenceId, unambiguousIds, voiceFields } from "./reference-ids.ts"

/** What holds for every 4.0 operation: known from partners only, without an external id, a callback or a watermark. */
export const partnerOnly = {
  confidence: "low",
  since: "unknown",
  findableByExternalId: "no",
  state:
    "not confirmed on Kling's own host: path and fields are inferred from partners' descriptions of 2026-10, when Kling's " +
    "developer API for 4.0 was only announced; partners reject a callback URL and an external id, so a lost response " +
    "is found in the task list only"
} as const

/** The same for images, whose price no partner states. */
export const partnerImage = {
  ...partnerOnly,
  state: `${partnerOnly.state}; even the first segment of the path is unknown`,
  family: "image",
  price: () => unknownPrice("Kling has no listed price for Image 4.0, and no partner's price is known")
}

// The script is the only sign of the language of a prompt.
const isEnglish = (prompt: string): boolean => !/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(prompt)

/** A lower limit for prompts that are not in English. */
export const promptWithinLanguage = (max: number): Rule<{ readonly prompt?: string }> => ({
  name: "prompt-within-language",
  field: "prompt",
  check: ({ prompt = "" }) => {
    const length = [...prompt].length
    return length > max && !isEnglish(prompt)
      ? `is ${length} characters long; the limit is ${max} outside English`
      : undefined
  }
})

/** The prompt's limit in English, for its param, and in other languages, for its rule. */
export const prompt40 = {
  maxLength: 26_000,
  notes: "26000 characters in English, 11000 in other languages"
} as const
export const prompt40Rule = promptWithinLanguage(11_000)

/** 10-bit video. */
export const dynamicRange = enumOf("settings.dynamic_range", ["hdr"], { notes: "10 bit; 1080p and 4k only" })
export const hdrRule: Rule<{ readonly dynamicRange?: string; readonly resolution?: string }> = {
  name: "hdr-at-1080p-or-4k",
  field: "dynamicRange",
  check: ({ dynamicRange: range, resolution = "720p" }) =>
    range === "hdr" && resolution === "720p" ? "hdr requires resolution 1080p or 4k" : undefined
}

export const firstFrame40 = media("contents[type=first_frame].url", kling4Image, {})
export const otherFrames40 = {
  middleFrames: array("contents[type=middle_frame].url", media("", kling4Image, {}), { max: 8 }),
  lastFrame: media("contents[type=last_frame].url", kling4Image, {})
}

interface Frames40 {
  readonly firstFrame?: string
  readonly middleFrames?: ReadonlyArray<string>
  readonly lastFrame?: string
  readonly durationSeconds?: number
}

/** At least one frame, and no more than the duration has seconds, plus one. */
export const framesRules40: ReadonlyArray<Rule<Frames40>> = [
  atLeastOne("firstFrame", "middleFrames", "lastFrame"),
  {
    name: "frames-within-duration",
    field: "middleFrames",
    check: ({ firstFrame, middleFrames = [], lastFrame, durationSeconds }) => {
      const frames = [firstFrame, ...middleFrames, lastFrame].filter((frame) => frame !== undefined).length
      return durationSeconds !== undefined && frames > durationSeconds + 1
        ? `and the other frames are ${frames}; a video of ${durationSeconds} s takes ${durationSeconds + 1}`
        : undefined
    }
  }
]

const video = { video: media("url", kling4Video, { required: true }), id: referenceId }
export const image40Fields = { image: media("url", kling4Image, { required: true }), id: referenceId }

/** What an omni video may be made of besides its prompt. */
export const omniContents40 = {
  referenceImages: objectArray("contents[type=refer_image]", image40Fields, { max: 10 }),
  featureVideos: objectArray("contents[type=feature_video]", video, {
    max: 5,
    notes: "all videos together at most 30 s; their seconds are billed too"
  }),
  baseVideo: object("contents[type=base_video]", video, { notes: "the video to edit; its seconds are billed too" }),
  elements: objectArray("contents[type=element]", elementFields, { max: 7 }),
  voices: objectArray("contents[type=voice]", voiceFields, { max: 3 }),
  keepOriginalSound: boolean("settings.keep_original_sound", { notes: "of the edited video" })
}

interface OmniContents40 {
  readonly prompt?: string
  readonly referenceImages?: ReadonlyArray<{ readonly id?: string }>
  readonly featureVideos?: ReadonlyArray<{ readonly id?: string }>
  readonly baseVideo?: { readonly id?: string }
  readonly elements?: ReadonlyArray<{ readonly id?: string }>
  readonly voices?: ReadonlyArray<{ readonly id?: string }>
  readonly keepOriginalSound?: boolean
}

/** The rules of the contents, where the prompt is required. */
export const contentRules40: ReadonlyArray<Rule<OmniContents40>> = [
  {
    name: "at-most-15-inputs",
    field: "referenceImages",
    check: ({ referenceImages = [], featureVideos = [], baseVideo, elements = [], voices = [] }) => {
      const inputs =
        [...referenceImages, ...featureVideos, ...elements, ...voices].length + (baseVideo === undefined ? 0 : 1)
      return inputs > 15 ? `and all other inputs total ${inputs}; at most 15` : undefined
    }
  },
  {
    name: "original-sound-of-base-video",
    field: "keepOriginalSound",
    check: ({ keepOriginalSound, baseVideo }) =>
      keepOriginalSound === true && baseVideo === undefined ? "applies to a video to edit: pass baseVideo" : undefined
  },
  unambiguousIds("elements"),
  namedReferences
]

export const omniRules40 = [
  atLeastOne("prompt", "referenceImages", "featureVideos", "baseVideo", "elements"),
  ...contentRules40
] as const

export const imagesAndElements40: Rule<OmniContents40> = {
  name: "images-and-elements",
  field: "referenceImages",
  check: ({ referenceImages = [], elements = [] }) => {
    const count = referenceImages.length + elements.length
    return count > 10 ? `and elements total ${count}; at most 10` : undefined
  }
}
