import { legacyImage, legacyMotionVideo, motionVideo, newImage } from "../media/media-rules.ts"
import { kling26, kling30, modelIdOf } from "../models/live-models.ts"
import { findByName, legacyNames } from "../models/model-facts.ts"
import { videoModelsOf } from "../models/video-model.ts"
import { operation, sourceOf } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { enumOf, array, media, object, string } from "../params/param.ts"
import { perSourceSecond } from "../prices/video-prices.ts"
import { resolutionOfMode } from "./legacy-video.ts"
import { hd } from "./new-video-settings.ts"
import { legacyOptions, newOptions } from "./options.ts"
import { namedReferences, orderedReferences } from "./prompt-references.ts"
import { elementFields, listedElement } from "./reference-ids.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const longestWithImageOrientation = 10
const motionLength = {
  notes: `3 to 30 s; at most ${longestWithImageOrientation} s with characterOrientation image. The result has the same length`
}
const orientation = {
  required: true,
  notes: "whether the figure faces the same way as in the image or as in the video"
} as const

const motionParams = {
  prompt: string("contents[type=prompt].text", { maxLength: 2500 }),
  image: media("contents[type=image].url", newImage, { required: true }),
  video: media("contents[type=video].url", motionVideo, { required: true, ...motionLength }),
  characterOrientation: enumOf("settings.character_orientation", ["image", "video"], orientation),
  audio: enumOf("settings.audio", ["original", "off"], { default: "original" }),
  resolution: hd
}

const elementWithVideoOrientation = <F extends string>(
  field: F
): Rule<{ readonly characterOrientation: string } & { readonly [K in F]?: unknown }> => ({
  name: "element-with-video-orientation",
  field,
  check: (input) =>
    input[field] !== undefined && input.characterOrientation !== "video"
      ? 'requires {characterOrientation} "video"; set it, or omit the element'
      : undefined
})

const price = (model: string, resolution: string, orientation: "image" | "video", seconds: number | undefined) =>
  perSourceSecond(model, "motion control", resolution, {
    seconds,
    longestSeconds: orientation === "image" ? longestWithImageOrientation : motionVideo.maxSeconds,
    why: "the length is that of the motion video, rounded to seconds"
  })

const lengthFrom = ({ video }: { readonly video: string }) => sourceOf(undefined, video)

// The length is that of the motion video and not known yet: ten seconds are in the middle of the range.
const expectedSeconds = (input: { readonly resolution?: string; readonly mode?: string }) =>
  expectedVideoSeconds({ ...input, durationSeconds: 10 })

export const motionControl30 = operation({
  id: "new.motion.kling-3.0",
  summary: "Transfers the motion of a video to a figure, Kling 3.0",
  family: "motion",
  path: "/motion-control/kling-3.0",
  since: "2026-07-15",
  facts: [kling30],
  params: {
    ...motionParams,
    element: object("contents[type=element]", elementFields, {
      notes: "one at most; only with characterOrientation video"
    }),
    ...newOptions
  },
  rules: [elementWithVideoOrientation("element"), namedReferences],
  lengthFrom,
  price: ({ resolution = "720p", characterOrientation }, seconds) =>
    price("kling-3.0", resolution, characterOrientation, seconds),
  expectedSeconds,
  example: {
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "image",
    resolution: "1080p"
  }
})

export const motionControl26 = operation({
  id: "new.motion.kling-2.6",
  summary: "Transfers the motion of a video to a figure, Kling 2.6",
  family: "motion",
  path: "/motion-control/kling-2.6",
  since: "2026-07-15",
  facts: [kling26],
  params: { ...motionParams, ...newOptions },
  rules: [namedReferences],
  lengthFrom,
  price: ({ resolution = "720p", characterOrientation }, seconds) =>
    price("kling-2.6", resolution, characterOrientation, seconds),
  expectedSeconds,
  example: {
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "video"
  }
})

const rows = videoModelsOf([motionControl30, motionControl26])

export const legacyMotionControl = operation({
  id: "legacy.motion-control",
  summary: "Motion control on the legacy path, for Kling 3.0 and 2.6",
  family: "motion",
  path: "/v1/videos/motion-control",
  since: "2025-12-22",
  models: legacyNames(kling26, kling30),
  params: {
    model: enumOf("model_name", ["kling-v2-6", "kling-v3"], { default: "kling-v2-6", allowUnknown: true }),
    prompt: string("prompt", { maxLength: 2500 }),
    image: media("image_url", legacyImage, { required: true }),
    video: media("video_url", legacyMotionVideo, { required: true, ...motionLength }),
    elements: array("element_list[].element_id", listedElement, {
      max: 1,
      notes: "kling-v3, and only with characterOrientation video"
    }),
    keepOriginalSound: enumOf("keep_original_sound", ["yes", "no"], { default: "yes" }),
    characterOrientation: enumOf("character_orientation", ["image", "video"], orientation),
    mode: enumOf("mode", ["std", "pro"], { required: true, notes: "std = 720p, pro = 1080p" }),
    ...legacyOptions
  },
  rules: [
    elementWithVideoOrientation("elements"),
    orderedReferences({ image: ["image"], video: ["video"], element: ["elements"] }),
    {
      name: "elements-of-model",
      field: "elements",
      check: ({ model = "kling-v2-6", elements }) =>
        elements !== undefined && findByName(rows, model)?.motion?.maxElements === 0
          ? `are not supported by ${model}; set model to "kling-v3"`
          : undefined
    }
  ],
  lengthFrom,
  price: ({ model = "kling-v2-6", mode, characterOrientation }, seconds) =>
    price(modelIdOf(model), resolutionOfMode[mode], characterOrientation, seconds),
  expectedSeconds,
  example: {
    model: "kling-v3",
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "video",
    mode: "std"
  }
})
