import { kling25Turbo, kling26, kling30, kling30Turbo } from "../models/live-models.ts"
import { enumOf, integer } from "../params/param.ts"
import type { Quote } from "../prices/quote.ts"
import { perSecond } from "../prices/video-prices.ts"

/** Settings of the new paths that several models have. */
export const hd = enumOf("settings.resolution", ["720p", "1080p"], { default: "720p" })
export const upTo4k = enumOf("settings.resolution", ["720p", "1080p", "4k"], { default: "720p" })
export const seconds3To15 = integer("settings.duration", { min: 3, max: 15, default: 5 })
export const seconds5Or10 = integer("settings.duration", { values: [5, 10], default: 5 })
export const nativeOrOff = enumOf("settings.audio", ["native", "off"], { default: "off" })
export const nativeAt1080pOrOff = enumOf("settings.audio", ["native", "off"], {
  default: "off",
  notes: "native only at 1080p"
})

interface Priced {
  readonly audio?: string
  readonly voices?: ReadonlyArray<unknown>
  readonly resolution?: string
  readonly durationSeconds?: number
}

const price =
  ({ id }: { readonly id: string }, featureOf: (input: Priced) => string) =>
  (input: Priced): Quote =>
    perSecond(id, featureOf(input), input.resolution ?? "720p", input.durationSeconds ?? 5)

const byAudio = ({ audio }: Priced): string => (audio === "native" ? "native" : "silent")

/** What a second costs is the same from text and from an image. */
export const price30Turbo = price(kling30Turbo, () => "native")
export const price30 = price(kling30, byAudio)
export const price26 = price(kling26, (input) =>
  input.audio === "native" && (input.voices?.length ?? 0) > 0 ? "native, voice control" : byAudio(input)
)
export const price25Turbo = price(kling25Turbo, () => "silent")
