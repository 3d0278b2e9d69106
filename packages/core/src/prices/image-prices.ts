import { exactQuote, type Quote, unknownPrice } from "./quote.ts"

/** Image units per image. Source: Kling docs, pricing, 2026-09-20. */
export const imageUnits = {
  "kling-v3": { "1k/2k": 8 },
  "kling-v3-omni": { "1k/2k": 8, "4k": 16 },
  "kling-image-o1": { "1k/2k": 8 },
  "kling-v2-1": { "text to image": 4, "image to image": 8, "multi-image": 16 },
  expand: { "any size": 8 },
  "ai-multi-shot": { "one call": 20 }
} as const

export const perImage = (model: string, feature: string, count: number): Quote => {
  const models: Readonly<Record<string, Readonly<Record<string, number>>>> = imageUnits
  const unitsEach = models[model]?.[feature]
  return unitsEach === undefined
    ? unknownPrice(`no listed price for ${model}, ${feature}`)
    : exactQuote("image", count, unitsEach, `${count} x ${unitsEach} (${model}, ${feature})`)
}
