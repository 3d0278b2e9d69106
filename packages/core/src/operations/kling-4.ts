import { kling4Image, kling4Video } from "../media/media-rules.ts"
import type { ModelFacts } from "../models/model-facts.ts"
import { operation } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { enumOf, union, id, integer, array, media, object, objectArray, string } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { atLeastOne } from "./presence-rules.ts"
import { unambiguousIds } from "./reference-ids.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const unconfirmed =
  "not confirmed on Kling's own host: path and fields are inferred from a partner's description of 2026-10; " +
  "on 2026-10-18 Kling's developer API for 4.0 was only announced"

const kling40 = { id: "kling-4.0", audio: "native" } as const satisfies ModelFacts
const kling40Flash = { id: "kling-4.0-flash", audio: "native" } as const satisfies ModelFacts

const kling4 = {
  confidence: "low",
  since: "unknown",
  price: () =>
    unknownPrice("Kling has no listed price for 4.0; resellers charged 0.157 to 0.294 USD per second in 2026-10")
} as const

const englishMax = 26_000
const otherMax = 11_000
const promptNote = `${englishMax} characters in English, ${otherMax} in other languages`

const resolution = enumOf("settings.resolution", ["720p", "1080p"], { notes: "2k and 4k are announced" })
const aspectRatio = enumOf("settings.aspect_ratio", ["16:9", "9:16", "1:1", "21:9", "adaptive"], {})
const seconds3To30 = integer("settings.duration", { min: 3, max: 30 })

const referenceId = string("id", { notes: "the prompt refers to it as @id" })
const image = { image: media("url", kling4Image, { required: true }), id: referenceId }
const video = { video: media("url", kling4Video, { required: true }), id: referenceId }
const element = {
  elementId: id("element_id", { required: true, encodedAs: "string" }),
  id: string("id", { required: true, notes: "the prompt refers to it as @id" })
}

// The script is the only sign of the language of a prompt.
const isEnglish = (prompt: string): boolean => !/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(prompt)

const promptWithinLanguage = (max: number): Rule<{ readonly prompt?: string }> => ({
  name: "prompt-within-language",
  field: "prompt",
  check: ({ prompt = "" }) => {
    const length = [...prompt].length
    return length > max && !isEnglish(prompt)
      ? `is ${length} characters long; the limit is ${max} outside English`
      : undefined
  }
})

export const textToVideo40 = operation({
  ...kling4,
  id: "new.t2v.kling-4.0",
  summary: "Text to video, Kling 4.0: audio is always generated",
  family: "t2v",
  path: "/text-to-video/kling-4.0",
  state: unconfirmed,
  facts: [kling40],
  params: {
    prompt: string("prompt", { required: true, maxLength: englishMax, notes: promptNote }),
    resolution,
    durationSeconds: seconds3To30,
    aspectRatio
  },
  rules: [promptWithinLanguage(otherMax)],
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 10 }
})

export const imageToVideo40 = operation({
  ...kling4,
  id: "new.i2v.kling-4.0",
  summary: "Image to video, Kling 4.0: up to ten frames",
  family: "i2v",
  path: "/image-to-video/kling-4.0",
  state: unconfirmed,
  facts: [kling40],
  params: {
    prompt: string("contents[type=prompt].text", { maxLength: englishMax, notes: promptNote }),
    firstFrame: media("contents[type=first_frame].url", kling4Image, {}),
    middleFrames: array("contents[type=middle_frame].url", media("", kling4Image, {}), { max: 8 }),
    lastFrame: media("contents[type=last_frame].url", kling4Image, {}),
    resolution,
    durationSeconds: seconds3To30,
    aspectRatio
  },
  rules: [
    promptWithinLanguage(otherMax),
    atLeastOne("firstFrame", "middleFrames", "lastFrame"),
    {
      name: "frames-within-duration",
      field: "middleFrames",
      check: ({ firstFrame, middleFrames = [], lastFrame, durationSeconds }) => {
        if (durationSeconds === undefined) return undefined
        const frames = [firstFrame, ...middleFrames, lastFrame].filter((frame) => frame !== undefined).length
        return frames > durationSeconds + 1
          ? `and the other frames are ${frames}; a video of ${durationSeconds} s takes ${durationSeconds + 1}`
          : undefined
      }
    }
  ],
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg", durationSeconds: 8 }
})

export const omniVideo40 = operation({
  ...kling4,
  id: "new.omni.kling-4.0",
  summary: "Video from text, images, videos, elements and voices, Kling 4.0",
  family: "omni",
  path: "/omni-video/kling-4.0",
  state: `${unconfirmed}; the partner rejects a callback URL and an external id, so a lost response cannot be looked up`,
  externalId: undefined,
  facts: [kling40],
  params: {
    prompt: string("contents[type=prompt].text", { maxLength: englishMax, notes: promptNote }),
    referenceImages: objectArray("contents[type=refer_image]", image, { max: 10 }),
    featureVideos: objectArray("contents[type=feature_video]", video, {
      max: 5,
      notes: "all videos together at most 30 s"
    }),
    baseVideo: object("contents[type=base_video]", video, { notes: "the video to edit" }),
    elements: objectArray("contents[type=element]", element, { max: 7 }),
    voices: objectArray(
      "contents[type=voice]",
      { voiceId: string("voice_id", { required: true }), id: string("id", { required: true }) },
      { max: 3 }
    ),
    resolution,
    durationSeconds: seconds3To30,
    aspectRatio
  },
  rules: [
    promptWithinLanguage(otherMax),
    atLeastOne("prompt", "referenceImages", "featureVideos", "baseVideo", "elements"),
    {
      name: "at-most-15-inputs",
      field: "referenceImages",
      check: ({ referenceImages = [], featureVideos = [], baseVideo, elements = [], voices = [] }) => {
        const inputs =
          referenceImages.length +
          featureVideos.length +
          (baseVideo === undefined ? 0 : 1) +
          elements.length +
          voices.length
        return inputs > 15 ? `and all other inputs total ${inputs}; at most 15` : undefined
      }
    },
    unambiguousIds("elements")
  ],
  expectedSeconds: expectedVideoSeconds,
  example: {
    prompt: "@image_1 walks through the rain",
    referenceImages: [{ image: "https://example.com/portrait.jpg", id: "image_1" }],
    durationSeconds: 10
  }
})

export const imageToVideo40Flash = operation({
  ...kling4,
  id: "new.i2v.kling-4.0-flash",
  summary: "Image to video, Kling 4.0 Flash",
  family: "i2v",
  path: "/image-to-video/kling-4.0-flash",
  state: unconfirmed,
  facts: [kling40Flash],
  params: {
    prompt: string("contents[type=prompt].text", {}),
    firstFrame: media("contents[type=first_frame].url", kling4Image, {}),
    resolution: enumOf("settings.resolution", ["720p"], {}),
    durationSeconds: integer("settings.duration", { min: 3, max: 20 })
  },
  rules: [atLeastOne("prompt", "firstFrame")],
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg" }
})

export const image40 = operation({
  ...kling4,
  id: "new.image.kling-image-4.0",
  summary: "Images from text, images and elements, Kling Image 4.0",
  family: "image",
  path: "/image-generation/kling-image-4.0",
  state: `${unconfirmed}; even the first segment of the path is unknown`,
  models: ["kling-image-4.0"],
  params: {
    prompt: string("contents[type=prompt].text", {
      maxLength: 50_000,
      notes: "50000 characters in English, 21000 in other languages"
    }),
    referenceImages: objectArray("contents[type=refer_image]", image, {
      notes: "images and elements together at most 10"
    }),
    elements: objectArray("contents[type=element]", element, { notes: "multi-image elements only" }),
    resolution: enumOf("settings.resolution", ["2k", "4k", "8k"], {}),
    aspectRatio: enumOf(
      "settings.aspect_ratio",
      ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "auto"],
      {}
    ),
    n: integer("settings.n", { min: 1 }),
    resultType: enumOf("settings.result_type", ["single", "series"], {}),
    seriesAmount: union("settings.series_amount", integer("", { min: 2, max: 10 }), enumOf("", ["auto"], {}), {
      notes: "2 to 10, or auto: Kling chooses"
    })
  },
  rules: [
    promptWithinLanguage(21_000),
    atLeastOne("prompt", "referenceImages", "elements"),
    {
      name: "images-and-elements",
      field: "referenceImages",
      check: ({ referenceImages = [], elements = [] }) => {
        const count = referenceImages.length + elements.length
        return count > 10 ? `and elements total ${count}; at most 10` : undefined
      }
    },
    unambiguousIds("elements")
  ],
  price: () => unknownPrice("Kling has no listed price for Image 4.0"),
  expectedSeconds: () => 30,
  example: { prompt: "A red fox in fresh snow", resolution: "4k" }
})
