import { legacyImage, type MediaRule, newImage, omni30Video, omniO1Video } from "../media/media-rules.ts"
import { findVideoModel } from "../models/video-models.ts"
import { operation, sourceOf } from "../operation.ts"
import { choice, flag, id, integer, list, media, record, records, text } from "../params/param.ts"
import { estimate, type Quote, withBound } from "../prices/quote.ts"
import { perSecond, perSourceSecond } from "../prices/video-prices.ts"
import { assumedOmni, legacyOmniContents, legacyOmniRules } from "./legacy-omni-rules.ts"
import { resolutionOfMode, shotParams } from "./legacy-video.ts"
import { legacyOptions, newOptions } from "./options.ts"
import { newOmniRules, omni30VideoRules } from "./omni-rules.ts"
import { atLeastOne } from "./presence-rules.ts"
import { usualVideoSeconds } from "./video-rules.ts"

const frameId = { notes: "the prompt refers to it as @id; no id twice, none the beginning of another" }
const referenceId = text("id", frameId)

const contents = (video: MediaRule) => ({
  firstFrame: media("contents[type=first_frame].url", newImage, {}),
  firstFrameId: text("contents[type=first_frame].id", frameId),
  lastFrame: media("contents[type=last_frame].url", newImage, { notes: "needs a first frame" }),
  lastFrameId: text("contents[type=last_frame].id", frameId),
  referenceImages: records(
    "contents[type=refer_image]",
    { image: media("url", newImage, { required: true }), id: referenceId },
    { notes: "counted together with elements" }
  ),
  featureVideo: record(
    "contents[type=feature_video]",
    { video: media("url", video, { required: true }), id: referenceId },
    { notes: "a clip whose style, subject or motion is taken up; at most one reference video" }
  ),
  baseVideo: record(
    "contents[type=base_video]",
    { video: media("url", video, { required: true }), id: referenceId },
    { notes: "the clip to be edited, whose length the result keeps; at most one reference video" }
  )
})

const elements = (notes: string) =>
  records(
    "contents[type=element]",
    {
      elementId: id("element_id", { required: true, sentAs: "string" }),
      id: text("id", { required: true, notes: "the prompt refers to it as @id" })
    },
    { notes }
  )

const aspectRatios = ["16:9", "9:16", "1:1"] as const
const contentFields = ["referenceImages", "firstFrame", "featureVideo", "baseVideo", "elements"] as const

interface ReferenceClips {
  readonly baseVideo?: { readonly video: string }
  readonly featureVideo?: { readonly video: string }
}

const referenceClip = ({ baseVideo, featureVideo }: ReferenceClips) =>
  sourceOf(undefined, (baseVideo ?? featureVideo)?.video)

export const omniVideo30 = operation({
  id: "new.omni.kling-3.0-omni",
  summary: "Video from text, frames, pictures, elements and a reference clip, Kling 3.0 Omni",
  family: "omni",
  path: "/omni-video/kling-3.0-omni",
  since: "2026-07-15",
  models: ["kling-3.0-omni"],
  params: {
    prompt: text("contents[type=prompt].text", {
      maxLength: 3072,
      notes: "2500 advised; other contents are referred to as @id"
    }),
    ...contents(omni30Video),
    elements: elements(
      "multi-image and video-character elements. At most 3 of the second kind; with pictures or multi-image elements " +
        "beside them those are at most 4. Beside a reference video: one kind only, and a single video-character " +
        "element without pictures"
    ),
    multiShot: flag("settings.multi_shot", {
      default: true,
      notes: "true beside a feature video, false beside a base video"
    }),
    audio: choice("settings.audio", ["native", "original", "off"], {
      default: "off",
      notes: "original keeps the sound of a base video"
    }),
    resolution: choice("settings.resolution", ["720p", "1080p", "4k"], { default: "720p" }),
    aspectRatio: choice("settings.aspect_ratio", aspectRatios, {
      default: "16:9",
      notes: "best sent when there is neither a first frame nor a reference video"
    }),
    durationSeconds: integer("settings.duration", { min: 3, max: 15, default: 5, notes: "not with a base video" }),
    ...newOptions
  },
  rules: [atLeastOne("prompt", ...contentFields), ...newOmniRules("kling-3.0-omni"), ...omni30VideoRules],
  lengthFrom: referenceClip,
  price: (input, seconds) => omniPrice("kling-3.0-omni", input, seconds),
  usualSeconds: usualVideoSeconds,
  example: {
    prompt: "@image_1 walks through @image_2",
    referenceImages: [
      { image: "https://example.com/portrait.jpg", id: "image_1" },
      { image: "https://example.com/market.jpg", id: "image_2" }
    ],
    multiShot: false,
    aspectRatio: "16:9",
    durationSeconds: 5
  }
})

export const omniVideoO1 = operation({
  id: "new.omni.kling-o1",
  summary: "Video from text, frames, pictures, elements and a reference clip, Kling O1: no sound of its own",
  family: "omni",
  path: "/omni-video/kling-o1",
  since: "2026-07-15",
  models: ["kling-o1"],
  params: {
    prompt: text("contents[type=prompt].text", {
      maxLength: 2500,
      notes: "other contents are referred to as @id"
    }),
    elements: elements("multi-image elements only; counted together with referenceImages"),
    ...contents(omniO1Video),
    audio: choice("settings.audio", ["original", "off"], {
      default: "off",
      notes: "original keeps the sound of the reference video"
    }),
    resolution: choice("settings.resolution", ["720p", "1080p"], { default: "720p" }),
    aspectRatio: choice("settings.aspect_ratio", aspectRatios, {}),
    durationSeconds: integer("settings.duration", {
      min: 3,
      max: 10,
      default: 5,
      notes: "5 or 10 with only a prompt or a first frame; not with a base video"
    }),
    ...newOptions
  },
  rules: [atLeastOne("prompt", ...contentFields), ...newOmniRules("kling-o1")],
  lengthFrom: referenceClip,
  price: (input, seconds) => omniPrice("kling-o1", input, seconds),
  usualSeconds: usualVideoSeconds,
  example: {
    prompt: "Put @image_1 into the coat of @video_1",
    referenceImages: [{ image: "https://example.com/portrait.jpg", id: "image_1" }],
    featureVideo: { video: "https://example.com/walk.mp4", id: "video_1" }
  }
})

export const legacyOmniVideo = operation({
  id: "legacy.omni-video",
  summary: "Omni video on the legacy path, for Kling 3.0 Omni and O1",
  family: "omni",
  path: "/v1/videos/omni-video",
  since: "2025-12-15",
  models: ["kling-video-o1", "kling-v3-omni"],
  params: {
    model: choice("model_name", ["kling-video-o1", "kling-v3-omni"], { default: "kling-video-o1", open: true }),
    prompt: text("prompt", {
      maxLength: 2500,
      notes: "refers to the others by their order: <<<image_1>>>, <<<video_1>>>, <<<element_1>>>"
    }),
    ...shotParams,
    images: records(
      "image_list[]",
      {
        image: media("image_url", legacyImage, { required: true }),
        frame: choice("type", ["first_frame", "end_frame"], { notes: "left out: a plain reference" })
      },
      { max: 7, notes: "at most 4 beside a video" }
    ),
    elements: list("element_list[].element_id", id("", { sentAs: "number" }), {
      notes: "counted together with the reference pictures; kling-video-o1 takes multi-image elements only"
    }),
    videos: records(
      "video_list[]",
      {
        video: media("video_url", omni30Video, {
          required: true,
          notes: "kling-video-o1: 3 to 10 s, each side 700 to 2160 px"
        }),
        referType: choice("refer_type", ["base", "feature"], {
          default: "base",
          notes: "base: the clip is edited; feature: it is a model for the new one"
        }),
        keepOriginalSound: choice("keep_original_sound", ["yes", "no"], {})
      },
      { max: 1 }
    ),
    sound: choice("sound", ["on", "off"], { default: "off", notes: "kling-v3-omni, and only without a video" }),
    mode: choice("mode", ["std", "pro", "4k"], {
      default: "pro",
      notes: "std = 720p, pro = 1080p; 4k only on kling-v3-omni"
    }),
    aspectRatio: choice("aspect_ratio", aspectRatios, {
      notes: "needed unless there is a first frame or a video to edit"
    }),
    durationSeconds: integer("duration", {
      min: 3,
      max: 15,
      default: 5,
      sentAs: "string",
      notes: "kling-video-o1: at most 10, and 5 or 10 with only a prompt or a first frame; not with a video to edit"
    }),
    ...legacyOptions
  },
  rules: legacyOmniRules,
  lengthFrom: ({ videos }) => sourceOf(undefined, videos?.[0]?.video),
  price: (input, seconds) => {
    const { model, mode } = assumedOmni(input)
    const { video } = legacyOmniContents(input)
    const priced = {
      resolution: resolutionOfMode[mode],
      audio: input.sound === "on" ? "native" : "off",
      ...(video === "base" ? { baseVideo: true } : video === "feature" ? { featureVideo: true } : {}),
      ...(input.durationSeconds === undefined ? {} : { durationSeconds: input.durationSeconds })
    }
    return omniPrice(findVideoModel(model)?.id ?? model, priced, seconds)
  },
  usualSeconds: (input) => usualVideoSeconds(assumedOmni(input)),
  example: {
    model: "kling-v3-omni",
    prompt: "<<<image_1>>> walks through <<<image_2>>>",
    images: [{ image: "https://example.com/portrait.jpg" }, { image: "https://example.com/market.jpg" }],
    aspectRatio: "16:9",
    durationSeconds: 5
  }
})

interface OmniPriced {
  readonly featureVideo?: unknown
  readonly baseVideo?: unknown
  readonly audio?: string
  readonly resolution?: string
  readonly durationSeconds?: number
}

const omniPrice = (model: string, input: OmniPriced, seconds: number | undefined): Quote => {
  const { resolution = "720p", durationSeconds = 5 } = input
  const longestSeconds = (model === "kling-o1" ? omniO1Video : omni30Video).maxSeconds
  if (input.baseVideo !== undefined) {
    const why = "the length follows the base video"
    return perSourceSecond(model, "video input", resolution, { seconds, longestSeconds, why })
  }
  if (input.featureVideo !== undefined) {
    const of = (length: number) => perSecond(model, "video input", resolution, length)
    const most = Math.max(durationSeconds, Math.ceil(seconds ?? longestSeconds))
    return withBound(
      estimate(of(durationSeconds), "not proven that this length holds beside a reference video"),
      of(most)
    )
  }
  return perSecond(model, input.audio === "native" ? "native" : "silent", resolution, durationSeconds)
}
