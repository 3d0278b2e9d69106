import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { choice, integer, list, media, text } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"
import { usualVideoSeconds } from "./video-rules.ts"

export const multiImageToVideo = operation({
  id: "legacy.multi-image2video",
  summary: "Video from up to four pictures",
  family: "mi2v",
  path: "/v1/videos/multi-image2video",
  confidence: "medium",
  since: "2025",
  state: "its only model was switched off on 2026-09-15; use omni video with reference pictures",
  models: ["kling-v1-6"],
  params: {
    model: choice("model_name", ["kling-v1-6"], { default: "kling-v1-6", open: true }),
    images: list("image_list[].image", media("", legacyImage, {}), { required: true, min: 1, max: 4 }),
    prompt: text("prompt", { required: true, maxLength: 2500 }),
    negativePrompt: text("negative_prompt", { maxLength: 2500 }),
    mode: choice("mode", ["std", "pro"], { default: "std" }),
    durationSeconds: integer("duration", { values: [5, 10], default: 5, sentAs: "string" }),
    aspectRatio: choice("aspect_ratio", ["16:9", "9:16", "1:1"], { default: "16:9" }),
    ...legacyOptions
  },
  price: () => unknownPrice("no longer listed; until 2026-09-15 a second was 0.4 video units (std) or 0.7 (pro)"),
  usualSeconds: usualVideoSeconds,
  example: {
    images: ["https://example.com/portrait.jpg", "https://example.com/market.jpg"],
    prompt: "The woman walks through the market"
  }
})
