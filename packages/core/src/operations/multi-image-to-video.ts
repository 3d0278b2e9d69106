import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, array, media, string } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"
import { expectedVideoSeconds } from "./video-rules.ts"

export const multiImageToVideo = operation({
  id: "legacy.multi-image2video",
  summary: "Video from up to four images",
  family: "mi2v",
  path: "/v1/videos/multi-image2video",
  confidence: "medium",
  since: "2025",
  state: "its only model was retired on 2026-09-15; use omni video with reference images",
  models: ["kling-v1-6"],
  params: {
    model: enumOf("model_name", ["kling-v1-6"], { default: "kling-v1-6", allowUnknown: true }),
    images: array("image_list[].image", media("", legacyImage, {}), { required: true, min: 1, max: 4 }),
    prompt: string("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: string("negative_prompt", { maxLength: 2500 }),
    mode: enumOf("mode", ["std", "pro"], { default: "std" }),
    durationSeconds: integer("duration", { values: [5, 10], default: 5, encodedAs: "string" }),
    aspectRatio: enumOf("aspect_ratio", ["16:9", "9:16", "1:1"], { default: "16:9" }),
    ...legacyOptions
  },
  rules: [orderedReferences({ image: ["images"] })],
  price: () => unknownPrice("no longer listed; until 2026-09-15 it cost 0.4 video units per second (std) or 0.7 (pro)"),
  expectedSeconds: expectedVideoSeconds,
  example: {
    images: ["https://example.com/portrait.jpg", "https://example.com/market.jpg"],
    prompt: "The woman walks through the market"
  }
})
