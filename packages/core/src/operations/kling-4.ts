import { kling4Video } from "../media/media-rules.ts"
import type { ModelFacts } from "../models/model-facts.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, media, string } from "../params/param.ts"
import { partnerPrice, videoWithSeconds } from "../prices/partner-prices.ts"
import * as parts from "./kling-4-parts.ts"
import { newPath } from "./new-path.ts"
import { namedReferences } from "./prompt-references.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const kling40 = { id: "kling-4.0", audio: "native" } as const satisfies ModelFacts
const seconds = { min: 3, max: 30 } as const

const model = {
  ...parts.partnerOnly,
  facts: [kling40],
  expectedSeconds: expectedVideoSeconds,
  // fal's rates; Venice's bound the price. Neither lists 4k or HDR.
  price: partnerPrice(kling40.id, seconds.max, {
    "720p": { likely: 0.157, highest: 0.1963, withVideo: 0.094 },
    "1080p": { likely: 0.235, highest: 0.294, withVideo: 0.141 }
  })
}

const prompt = string("contents[type=prompt].text", parts.prompt40)
const size = {
  resolution: enumOf("settings.resolution", ["720p", "1080p", "4k"], { notes: "4k: described by one partner only" }),
  dynamicRange: parts.dynamicRange,
  durationSeconds: integer("settings.duration", seconds)
}
const settings = {
  ...size,
  aspectRatio: enumOf("settings.aspect_ratio", ["16:9", "9:16", "1:1", "21:9", "adaptive"], {})
}

export const textToVideo40 = operation({
  ...model,
  ...newPath(kling40, "t2v"),
  summary: "Text to video, Kling 4.0: audio is always generated",
  params: { prompt: string("prompt", { required: true, ...parts.prompt40 }), ...settings },
  rules: [parts.prompt40Rule, parts.hdrRule, namedReferences],
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 10 }
})

export const imageToVideo40 = operation({
  ...model,
  ...newPath(kling40, "i2v"),
  summary: "Image to video, Kling 4.0: up to ten frames",
  params: { prompt, firstFrame: parts.firstFrame40, ...parts.otherFrames40, ...settings },
  rules: [parts.prompt40Rule, parts.hdrRule, ...parts.framesRules40, namedReferences],
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg", durationSeconds: 8 }
})

export const omniVideo40 = operation({
  ...model,
  ...newPath(kling40, "omni"),
  summary: "Video from text, images, videos, elements and voices, or an edited video, Kling 4.0",
  params: { prompt, ...parts.omniContents40, ...settings },
  rules: [parts.prompt40Rule, parts.hdrRule, ...parts.omniRules40],
  lengthFrom: videoWithSeconds,
  example: { prompt: "@element_1 waves", elements: [{ elementId: "829836802793406551", id: "element_1" }] }
})

export const videoExtend40 = operation({
  ...model,
  ...newPath(kling40, "extend"),
  summary: "Continues a video, Kling 4.0: only the new part is billed",
  params: { prompt, video: media("contents[type=video].url", kling4Video, { required: true }), ...size },
  rules: [parts.prompt40Rule, parts.hdrRule, namedReferences],
  example: { prompt: "She walks out of the door", video: "https://example.com/walk.mp4", durationSeconds: 5 }
})
