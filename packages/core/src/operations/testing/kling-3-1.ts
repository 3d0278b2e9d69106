import { newImage } from "../../media/media-rules.ts"
import { operation } from "../../operation.ts"
import { newPath } from "../new-path.ts"
import { newOptions } from "../options.ts"
import { expectedVideoSeconds, nativeAudioAt } from "../video-rules.ts"
import { enumOf, integer, media, string } from "../../params/param.ts"
import { pricePerSecond } from "../../prices/video-prices.ts"
import type { ModelFacts } from "../../models/model-facts.ts"

// All that a new model takes, beside its line in the catalog: what it is, what it accepts, what it costs.
const kling31 = { id: "kling-3.1", nativeAudioAt: ["1080p", "4k"] } as const satisfies ModelFacts

const price = pricePerSecond(kling31.id, {
  silent: { "720p": 1, "1080p": 1.5, "4k": 4 },
  native: { "1080p": 2, "4k": 5 }
})

const settings = {
  resolution: enumOf("settings.resolution", ["720p", "1080p", "4k"], { default: "720p" }),
  durationSeconds: integer("settings.duration", { min: 2, max: 8, default: 5 }),
  audio: enumOf("settings.audio", ["native", "off"], { default: "off" }),
  ...newOptions
}

export const textToVideo31 = operation({
  ...newPath(kling31, "t2v"),
  summary: "Text to video, Kling 3.1",
  facts: [kling31],
  params: { prompt: string("prompt", { required: true, maxLength: 100 }), ...settings },
  rules: [nativeAudioAt(kling31)],
  price,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "A red fox walks through fresh snow" }
})

export const imageToVideo31 = operation({
  ...newPath(kling31, "i2v"),
  summary: "Image to video, Kling 3.1",
  facts: [kling31],
  params: {
    prompt: string("contents[type=prompt].text", { maxLength: 100 }),
    firstFrame: media("contents[type=first_frame].url", newImage, { required: true }),
    lastFrame: media("contents[type=last_frame].url", newImage, {}),
    ...settings
  },
  rules: [nativeAudioAt(kling31)],
  price,
  expectedSeconds: expectedVideoSeconds,
  example: { prompt: "She turns and smiles", firstFrame: "https://example.com/portrait.jpg" }
})
