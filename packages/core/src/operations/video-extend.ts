import { operation } from "../operation.ts"
import { id, number, text } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"

export const videoExtend = operation({
  id: "legacy.video-extend",
  summary: "4 to 5 s more of an earlier clip, up to 3 minutes in total",
  family: "extend",
  path: "/v1/videos/video-extend",
  confidence: "medium",
  since: "2024-11-15",
  state: "its models were switched off on 2026-09-15; it is gone from Kling's documentation",
  models: ["kling-v1", "kling-v1-5", "kling-v1-6"],
  params: {
    videoId: id("video_id", { required: true, sentAs: "string", notes: "of an earlier result, younger than 30 days" }),
    prompt: text("prompt", { maxLength: 2500 }),
    negativePrompt: text("negative_prompt", { maxLength: 2500 }),
    cfgScale: number("cfg_scale", { min: 0, max: 1, default: 0.5, notes: "how closely the prompt is followed" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  price: () => unknownPrice("no longer listed; until 2026-09-15 a call was 2 video units (std) or 3.5 (pro)"),
  usualSeconds: () => 90,
  example: { videoId: "893605946402811985", prompt: "The camera rises above the roofs" }
})
