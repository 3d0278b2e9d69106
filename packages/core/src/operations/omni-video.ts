import { legacyImage, type MediaRule, newImage, omni30Video, omniO1Video } from "../media/media-rules.ts"
import { kling30Omni, klingO1, modelIdOf } from "../models/live-models.ts"
import { legacyNames } from "../models/model-facts.ts"
import { operation, sourceOf } from "../operation.ts"
import { enumOf, boolean, integer, array, media, object, objectArray, string } from "../params/param.ts"
import { estimate, type Quote, withUpperBound } from "../prices/quote.ts"
import { perSecond, perSourceSecond } from "../prices/video-prices.ts"
import { withOmniDefaults, legacyOmniContents, legacyOmniRules } from "./legacy-omni-rules.ts"
import { resolutionOfMode, shotParams } from "./legacy-video.ts"
import { hd, upTo4k } from "./new-video-settings.ts"
import { legacyOptions, newOptions } from "./options.ts"
import { newOmniRules, omni30VideoRules } from "./omni-rules.ts"
import { atLeastOne } from "./presence-rules.ts"
import { shotSyntax } from "./shot-syntax.ts"
import { elementFields, listedElement } from "./reference-ids.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const frameId = { notes: "the prompt refers to it as @id; ids must be unique, and none a prefix of another" }
const referenceId = string("id", frameId)

const contents = (video: MediaRule) => ({
  firstFrame: media("contents[type=first_frame].url", newImage, {}),
  firstFrameId: string("contents[type=first_frame].id", frameId),
  lastFrame: media("contents[type=last_frame].url", newImage, { notes: "needs a first frame" }),
  lastFrameId: string("contents[type=last_frame].id", frameId),
  referenceImages: objectArray(
    "contents[type=refer_image]",
    { image: media("url", newImage, { required: true }), id: referenceId },
    { notes: "counted together with elements" }
  ),
  featureVideo: object(
    "contents[type=feature_video]",
    { video: media("url", video, { required: true }), id: referenceId },
    { notes: "a video whose style, subject or motion is used; at most one reference video" }
  ),
  baseVideo: object(
    "contents[type=base_video]",
    { video: media("url", video, { required: true }), id: referenceId },
    { notes: "the video to edit, whose length the result keeps; at most one reference video" }
  )
})

const elements = (notes: string) => objectArray("contents[type=element]", elementFields, { notes })

const aspectRatios = ["16:9", "9:16", "1:1"] as const
const contentFields = ["referenceImages", "firstFrame", "featureVideo", "baseVideo", "elements"] as const

interface ReferenceVideos {
  readonly baseVideo?: { readonly video: string }
  readonly featureVideo?: { readonly video: string }
}

const referenceVideo = ({ baseVideo, featureVideo }: ReferenceVideos) =>
  sourceOf(undefined, (baseVideo ?? featureVideo)?.video)

export const omniVideo30 = operation({
  id: "new.omni.kling-3.0-omni",
  summary: "Video from text, frames, images, elements and a reference video, Kling 3.0 Omni",
  family: "omni",
  path: "/omni-video/kling-3.0-omni",
  since: "2026-07-15",
  facts: [kling30Omni],
  params: {
    prompt: string("contents[type=prompt].text", {
      maxLength: 3072,
      notes: "2500 recommended; it refers to other contents as @id"
    }),
    ...contents(omni30Video),
    elements: elements(
      "multi-image and video-character elements. At most 3 of the second kind, and then at most 4 images and " +
        "multi-image elements. With a reference video: one kind only, and a single video-character element without " +
        "images"
    ),
    multiShot: boolean("settings.multi_shot", {
      default: true,
      defaultUnless: ["baseVideo"],
      notes: "true with a feature video, false with a base video"
    }),
    audio: enumOf("settings.audio", ["native", "original", "off"], {
      default: "off",
      notes: "original keeps the audio of a base video"
    }),
    resolution: upTo4k,
    aspectRatio: enumOf("settings.aspect_ratio", aspectRatios, {
      default: "16:9",
      defaultUnless: ["firstFrame", "baseVideo", "featureVideo"],
      notes: "recommended when there is neither a first frame nor a reference video"
    }),
    durationSeconds: integer("settings.duration", { min: 3, max: 15, default: 5, notes: "not with a base video" }),
    ...newOptions
  },
  rules: [atLeastOne("prompt", ...contentFields), ...newOmniRules(kling30Omni), ...omni30VideoRules, shotSyntax],
  lengthFrom: referenceVideo,
  price: (input, seconds) => omniPrice("kling-3.0-omni", input, seconds),
  expectedSeconds: expectedVideoSeconds,
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
  summary: "Video from text, frames, images, elements and a reference video, Kling O1: no audio of its own",
  family: "omni",
  path: "/omni-video/kling-o1",
  since: "2026-07-15",
  facts: [klingO1],
  params: {
    prompt: string("contents[type=prompt].text", {
      maxLength: 2500,
      notes: "it refers to other contents as @id"
    }),
    elements: elements("multi-image elements only; counted together with referenceImages"),
    ...contents(omniO1Video),
    audio: enumOf("settings.audio", ["original", "off"], {
      default: "off",
      notes: "original keeps the audio of the reference video"
    }),
    resolution: hd,
    aspectRatio: enumOf("settings.aspect_ratio", aspectRatios, {}),
    durationSeconds: integer("settings.duration", {
      min: 3,
      max: 10,
      default: 5,
      notes: "5 or 10 with only a prompt or a first frame; not with a base video"
    }),
    ...newOptions
  },
  rules: [atLeastOne("prompt", ...contentFields), ...newOmniRules(klingO1)],
  lengthFrom: referenceVideo,
  price: (input, seconds) => omniPrice("kling-o1", input, seconds),
  expectedSeconds: expectedVideoSeconds,
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
  models: legacyNames(klingO1, kling30Omni),
  params: {
    model: enumOf("model_name", ["kling-video-o1", "kling-v3-omni"], { default: "kling-video-o1", allowUnknown: true }),
    prompt: string("prompt", {
      maxLength: 2500,
      notes: "refers to the others by order: <<<image_1>>>, <<<video_1>>>, <<<element_1>>>"
    }),
    ...shotParams,
    images: objectArray(
      "image_list[]",
      {
        image: media("image_url", legacyImage, { required: true }),
        frame: enumOf("type", ["first_frame", "end_frame"], { notes: "omitted: a plain reference" })
      },
      { max: 7, notes: "at most 4 with a video" }
    ),
    elements: array("element_list[].element_id", listedElement, {
      notes: "counted together with the reference images; kling-video-o1 takes multi-image elements only"
    }),
    videos: objectArray(
      "video_list[]",
      {
        video: media("video_url", omni30Video, {
          required: true,
          notes: "kling-video-o1: 3 to 10 s, each side 700 to 2160 px"
        }),
        referType: enumOf("refer_type", ["base", "feature"], {
          default: "base",
          notes: "base: the video is edited; feature: it is a reference for the new one"
        }),
        keepOriginalSound: enumOf("keep_original_sound", ["yes", "no"], {})
      },
      { max: 1 }
    ),
    sound: enumOf("sound", ["on", "off"], {
      default: "off",
      sendDefault: false,
      notes: "kling-v3-omni, and only without a video"
    }),
    mode: enumOf("mode", ["std", "pro", "4k"], {
      default: "pro",
      notes: "std = 720p, pro = 1080p; 4k only on kling-v3-omni"
    }),
    aspectRatio: enumOf("aspect_ratio", aspectRatios, {
      notes: "required unless there is a first frame or a video to edit"
    }),
    durationSeconds: integer("duration", {
      min: 3,
      max: 15,
      default: 5,
      encodedAs: "string",
      notes: "kling-video-o1: at most 10, and 5 or 10 with only a prompt or a first frame; not with a video to edit"
    }),
    ...legacyOptions
  },
  rules: legacyOmniRules([omniVideo30, omniVideoO1]),
  lengthFrom: ({ videos }) => sourceOf(undefined, videos?.[0]?.video),
  price: (input, seconds) => {
    const { model, mode } = withOmniDefaults(input)
    const { video } = legacyOmniContents(input)
    const priced = {
      resolution: resolutionOfMode[mode],
      audio: input.sound === "on" ? "native" : "off",
      ...(video === "base" ? { baseVideo: true } : video === "feature" ? { featureVideo: true } : {}),
      ...(input.durationSeconds === undefined ? {} : { durationSeconds: input.durationSeconds })
    }
    return omniPrice(modelIdOf(model), priced, seconds)
  },
  expectedSeconds: (input) => expectedVideoSeconds(withOmniDefaults(input)),
  example: {
    model: "kling-v3-omni",
    prompt: "<<<image_1>>> walks through <<<image_2>>>",
    images: [{ image: "https://example.com/portrait.jpg" }, { image: "https://example.com/market.jpg" }],
    aspectRatio: "16:9",
    durationSeconds: 5
  }
})

interface OmniPriceInput {
  readonly featureVideo?: unknown
  readonly baseVideo?: unknown
  readonly audio?: string
  readonly resolution?: string
  readonly durationSeconds?: number
}

const omniPrice = (model: string, input: OmniPriceInput, seconds: number | undefined): Quote => {
  const { resolution = "720p", durationSeconds = 5 } = input
  const longestSeconds = (model === "kling-o1" ? omniO1Video : omni30Video).maxSeconds
  if (input.baseVideo !== undefined) {
    const why = "the length follows the base video"
    return perSourceSecond(model, "video input", resolution, { seconds, longestSeconds, why })
  }
  if (input.featureVideo !== undefined) {
    const of = (length: number) => perSecond(model, "video input", resolution, length)
    const longest = Math.max(durationSeconds, Math.ceil(seconds ?? longestSeconds))
    return withUpperBound(
      estimate(of(durationSeconds), "unconfirmed that this length applies with a reference video"),
      of(longest)
    )
  }
  return perSecond(model, input.audio === "native" ? "native" : "silent", resolution, durationSeconds)
}
