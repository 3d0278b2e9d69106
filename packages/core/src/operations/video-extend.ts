import { resultRetentionDays } from "../kling-facts.ts"
import { operation } from "../operation.ts"
import { id, number, string } from "../params/param.ts"
import { unknownPrice } from "../prices/quote.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"

export const videoExtend = operation({
  id: "legacy.video-extend",
  summary: "Extends an earlier video by 4 to 5 s, up to 3 minutes in total",
  family: "extend",
  path: "/v1/videos/video-extend",
  confidence: "medium",
  since: "2024-11-15",
  state: "its models were retired on 2026-09-15; removed from Kling's documentation",
  models: ["kling-v1", "kling-v1-5", "kling-v1-6"],
  params: {
    videoId: id("video_id", {
      resultOf: "video",
      required: true,
      encodedAs: "string",
      notes: `of an earlier result, younger than ${resultRetentionDays} days`
    }),
    prompt: string("prompt", { maxLength: 2500 }),
    negativePrompt: string("negative_prompt", { maxLength: 2500 }),
    cfgScale: number("cfg_scale", { min: 0, max: 1, default: 0.5, notes: "how closely to follow the prompt" }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [orderedReferences({ video: ["videoId"] })],
  price: () => unknownPrice("no longer listed; until 2026-09-15 it cost 2 video units per call (std) or 3.5 (pro)"),
  expectedSeconds: () => 90,
  example: { videoId: "893605946402811985", prompt: "The camera rises above the roofs" }
})
