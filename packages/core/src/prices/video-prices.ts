import { estimate, exactQuote, openEstimate, type Quote, unknownPrice, withUpperBound } from "./quote.ts"

export type Resolution = "720p" | "1080p" | "4k"

/** Video units per second of result. Source: Kling docs, pricing, 2026-09-20. */
export const videoUnitsPerSecond = {
  "kling-3.0-turbo": { native: { "720p": 0.8, "1080p": 1 } },
  "kling-3.0": {
    silent: { "720p": 0.6, "1080p": 0.8, "4k": 3 },
    native: { "720p": 0.9, "1080p": 1.2, "4k": 3 },
    "motion control": { "720p": 0.9, "1080p": 1.2 }
  },
  "kling-3.0-omni": {
    silent: { "720p": 0.6, "1080p": 0.8, "4k": 3 },
    native: { "720p": 0.8, "1080p": 1, "4k": 3 },
    "video input": { "720p": 0.9, "1080p": 1.2, "4k": 3 }
  },
  "kling-o1": {
    silent: { "720p": 0.6, "1080p": 0.8 },
    "video input": { "720p": 0.9, "1080p": 1.2 }
  },
  "kling-2.6": {
    silent: { "720p": 0.3, "1080p": 0.5 },
    native: { "1080p": 1 },
    "native, voice control": { "1080p": 1.2 },
    "motion control": { "720p": 0.5, "1080p": 0.8 }
  },
  "kling-2.5-turbo": { silent: { "720p": 0.3, "1080p": 0.5 } },
  avatar: { "std/pro": { "720p": 0.4, "1080p": 0.8 } }
} as const satisfies Record<string, Record<string, Partial<Record<Resolution, number>>>>

/** Seconds of the result times the listed rate for model, feature and resolution. */
export const perSecond = (model: string, feature: string, resolution: string, durationSeconds: number): Quote => {
  const rate = rateOf(model, feature, resolution)
  return rate === undefined
    ? noListedPrice(model, feature, resolution)
    : secondsTimes(durationSeconds, rate, `${model}, ${resolution}, ${feature}`)
}

/** What is known of a length that Kling takes from a video or audio input. */
export interface SourceLength {
  /** The length of the input itself, if it was measured. */
  readonly seconds: number | undefined
  /** The longest that Kling accepts. */
  readonly longestSeconds: number | undefined
  /** How the length determines the price, in one clause. */
  readonly why: string
}

/** The listed rate for a length that the request does not set: rounded to the nearest second, rounded up as the upper bound. */
export const perSourceSecond = (model: string, feature: string, resolution: string, length: SourceLength): Quote => {
  const rate = rateOf(model, feature, resolution)
  if (rate === undefined) return noListedPrice(model, feature, resolution)
  const { seconds, longestSeconds, why } = length
  const of = (whole: number) => perSecond(model, feature, resolution, whole)
  const open = openEstimate("video", `${rate} video units per second (${model}, ${resolution}, ${feature}); ${why}`)
  if (seconds !== undefined) return withUpperBound(estimate(of(Math.round(seconds)), why), of(Math.ceil(seconds)))
  return longestSeconds === undefined ? open : withUpperBound(open, of(Math.ceil(longestSeconds)))
}

const rateOf = (model: string, feature: string, resolution: string): number | undefined => {
  const models: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>> =
    videoUnitsPerSecond
  return models[model]?.[feature]?.[resolution]
}

const noListedPrice = (model: string, feature: string, resolution: string): Quote =>
  unknownPrice(`no listed price for ${model}, ${feature}, ${resolution}`)

interface PricedVideo {
  readonly resolution?: string
  readonly durationSeconds?: number
  readonly audio?: string
}

/** The price of a model that states its own rates, in video units per second: silent or native, by resolution. */
export const pricePerSecond =
  (model: string, rates: Readonly<Record<string, Partial<Record<Resolution, number>>>>) =>
  ({ audio, resolution = "720p", durationSeconds = 5 }: PricedVideo): Quote => {
    const feature = audio === "native" ? "native" : "silent"
    const rate = Object.entries(rates[feature] ?? {}).find(([size]) => size === resolution)?.[1]
    return rate === undefined
      ? noListedPrice(model, feature, resolution)
      : secondsTimes(durationSeconds, rate, `${model}, ${resolution}, ${feature}`)
  }

const secondsTimes = (seconds: number, rate: number, what: string): Quote =>
  exactQuote("video", seconds, rate, `${seconds} s x ${rate} (${what})`)
