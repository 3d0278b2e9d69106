import type { ModelFacts } from "../models/model-facts.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, string } from "../params/param.ts"
import { partnerPrice, videoWithSeconds } from "../prices/partner-prices.ts"
import * as parts from "./kling-4-parts.ts"
import { newPath } from "./new-path.ts"
import { namedReferences } from "./prompt-references.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

const kling40Flash = { id: "kling-4.0-flash", audio: "native" } as const satisfies ModelFacts
const seconds = { min: 3, max: 20 } as const

const model = {
  ...parts.partnerOnly,
  facts: [kling40Flash],
  expectedSeconds: expectedVideoSeconds,
  // MuAPI's rates; PiAPI's bounds the price.
  price: partnerPrice(kling40Flash.id, seconds.max, { "720p": { likely: 0.094, highest: 0.1, withVideo: 0.126 } })
}

const prompt = string("contents[type=prompt].text", { required: true })
const settings = {
  resolution: enumOf("settings.resolution", ["720p"], {}),
  durationSeconds: integer("settings.duration", seconds),
  aspectRatio: enumOf("settings.aspect_ratio", ["16:9", "9:16", "1:1", "21:9", "4:3", "3:4"], {})
}

export const textToVideo40Flash = operation({
  ...model,
  ...newPath(kling40Flash, "t2v"),
  summary: "Text to video, Kling 4.0 Flash",
  params: { prompt: string("prompt", { required: true }), ...settings },
  rules: [namedReferences],
  example: { prompt: "A red fox walks through fresh snow", durationSeconds: 5 }
})

export const imageToVideo40Flash = operation({
  ...model,
  ...newPath(kling40Flash, "i2v"),
  summary: "Image to video, Kling 4.0 Flash",
  params: { prompt, firstFrame: { ...parts.firstFrame40, required: true as const }, ...settings },
  rules: [namedReferences],
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg", durationSeconds: 5 }
})

export const omniVideo40Flash = operation({
  ...model,
  ...newPath(kling40Flash, "omni"),
  summary: "Video from text, images, videos, elements and voices, or an edited video, Kling 4.0 Flash",
  params: { prompt, ...parts.omniContents40, ...settings },
  rules: parts.contentRules40,
  lengthFrom: videoWithSeconds,
  example: { prompt: "@element_1 waves", elements: [{ elementId: "829836802793406551", id: "element_1" }] }
})
