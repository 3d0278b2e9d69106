import { legacyImage, legacyMotionVideo, motionVideo, newImage } from "../media/media-rules.ts"
import { findVideoModel } from "../models/video-models.ts"
import { operation, sourceOf } from "../operation.ts"
import type { Rule } from "../params/check-input.ts"
import { choice, id, list, media, record, text } from "../params/param.ts"
import { perSourceSecond } from "../prices/video-prices.ts"
import { resolutionOfMode } from "./legacy-video.ts"
import { legacyOptions, newOptions } from "./options.ts"
import { usualVideoSeconds } from "./video-rules.ts"

const longestWithImageOrientation = 10
const motionLength = {
  notes: `3 to 30 s; at most ${longestWithImageOrientation} s with characterOrientation image. The result gets its length`
}
const orientation = {
  required: true,
  notes: "whether the figure looks where it looks in the image, or where the one in the video looks"
} as const

const motionParams = {
  prompt: text("contents[type=prompt].text", { maxLength: 2500 }),
  image: media("contents[type=image].url", newImage, { required: true }),
  video: media("contents[type=video].url", motionVideo, { required: true, ...motionLength }),
  characterOrientation: choice("settings.character_orientation", ["image", "video"], orientation),
  audio: choice("settings.audio", ["original", "off"], { default: "original" }),
  resolution: choice("settings.resolution", ["720p", "1080p"], { default: "720p" })
}

const elementWithVideoOrientation = <F extends string>(
  field: F
): Rule<{ readonly characterOrientation: string } & { readonly [K in F]?: unknown }> => ({
  name: "element-with-video-orientation",
  field,
  check: (input) =>
    input[field] !== undefined && input.characterOrientation !== "video"
      ? 'is taken with characterOrientation "video" only; set it, or leave the element out'
      : undefined
})

const price = (model: string, resolution: string, orientation: "image" | "video", seconds: number | undefined) =>
  perSourceSecond(model, "motion control", resolution, {
    seconds,
    longestSeconds: orientation === "image" ? longestWithImageOrientation : motionVideo.maxSeconds,
    why: "the length is that of the motion video, rounded to whole seconds"
  })

const lengthFrom = ({ video }: { readonly video: string }) => sourceOf(undefined, video)

// The length is the motion video's, which is seen only later: ten seconds are the middle of what is allowed.
const usualSeconds = (input: { readonly resolution?: string; readonly mode?: string }) =>
  usualVideoSeconds({ ...input, durationSeconds: 10 })

export const motionControl30 = operation({
  id: "new.motion.kling-3.0",
  summary: "A figure moves as the one in a video does, Kling 3.0",
  family: "motion",
  path: "/motion-control/kling-3.0",
  since: "2026-07-15",
  models: ["kling-3.0"],
  params: {
    ...motionParams,
    element: record(
      "contents[type=element]",
      {
        elementId: id("element_id", { required: true, sentAs: "string" }),
        id: text("id", { required: true, notes: "the prompt refers to it as @id" })
      },
      { notes: "one at most; only with characterOrientation video" }
    ),
    ...newOptions
  },
  rules: [elementWithVideoOrientation("element")],
  lengthFrom,
  price: ({ resolution = "720p", characterOrientation }, seconds) =>
    price("kling-3.0", resolution, characterOrientation, seconds),
  usualSeconds,
  example: {
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "image",
    resolution: "1080p"
  }
})

export const motionControl26 = operation({
  id: "new.motion.kling-2.6",
  summary: "A figure moves as the one in a video does, Kling 2.6",
  family: "motion",
  path: "/motion-control/kling-2.6",
  since: "2026-07-15",
  models: ["kling-2.6"],
  params: { ...motionParams, ...newOptions },
  lengthFrom,
  price: ({ resolution = "720p", characterOrientation }, seconds) =>
    price("kling-2.6", resolution, characterOrientation, seconds),
  usualSeconds,
  example: {
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "video"
  }
})

export const legacyMotionControl = operation({
  id: "legacy.motion-control",
  summary: "Motion control on the legacy path, for Kling 3.0 and 2.6",
  family: "motion",
  path: "/v1/videos/motion-control",
  since: "2025-12-22",
  models: ["kling-v2-6", "kling-v3"],
  params: {
    model: choice("model_name", ["kling-v2-6", "kling-v3"], { default: "kling-v2-6", open: true }),
    prompt: text("prompt", { maxLength: 2500 }),
    image: media("image_url", legacyImage, { required: true }),
    video: media("video_url", legacyMotionVideo, { required: true, ...motionLength }),
    elements: list("element_list[].element_id", id("", { sentAs: "number" }), {
      max: 1,
      notes: "kling-v3, and only with characterOrientation video"
    }),
    keepOriginalSound: choice("keep_original_sound", ["yes", "no"], { default: "yes" }),
    characterOrientation: choice("character_orientation", ["image", "video"], orientation),
    mode: choice("mode", ["std", "pro"], { required: true, notes: "std = 720p, pro = 1080p" }),
    ...legacyOptions
  },
  rules: [
    elementWithVideoOrientation("elements"),
    {
      name: "elements-of-model",
      field: "elements",
      check: ({ model = "kling-v2-6", elements }) =>
        elements !== undefined && findVideoModel(model)?.maxElements === 0
          ? `are not taken by ${model}; set model to "kling-v3"`
          : undefined
    }
  ],
  lengthFrom,
  price: ({ model = "kling-v2-6", mode, characterOrientation }, seconds) =>
    price(findVideoModel(model)?.id ?? model, resolutionOfMode[mode], characterOrientation, seconds),
  usualSeconds,
  example: {
    model: "kling-v3",
    image: "https://example.com/portrait.jpg",
    video: "https://example.com/walk.mp4",
    characterOrientation: "video",
    mode: "std"
  }
})
