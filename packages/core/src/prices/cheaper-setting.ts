import { Schema } from "effect"
import { sanitizeText } from "../errors/sanitize-text.ts"
import { rounded, usdText } from "./quote.ts"

/** One setting of a request, and another value with which the same request costs less. */
export const CheaperSetting = Schema.Struct({
  /** The field of the declared request. */
  field: Schema.Literals(["model", "resolution", "durationSeconds", "audio"]),
  from: Schema.Union([Schema.String, Schema.Finite]),
  to: Schema.Union([Schema.String, Schema.Finite]),
  /** The most that the request costs then, in USD; what limits count. */
  usd: Schema.Finite,
  units: Schema.optionalKey(Schema.Finite),
  /** How much less that is. */
  savedUsd: Schema.Finite,
  /** The price depends on the length of a video or audio file, and may be lower. */
  isUpperBound: Schema.optionalKey(Schema.Boolean)
})
export type CheaperSetting = typeof CheaperSetting.Type

/** Of several takes of the request. */
export const timesTakes =
  (count: number) =>
  ({ usd, savedUsd, units, ...setting }: CheaperSetting): CheaperSetting => ({
    ...setting,
    usd: rounded(count * usd),
    savedUsd: rounded(count * savedUsd),
    ...(units === undefined ? {} : { units: rounded(count * units) })
  })

/** What would change: `resolution 720p instead of 1080p`. */
export const changeText = ({ field, from, to }: CheaperSetting): string => {
  const [value, before] = [from, to].map((one) => sanitizeText(String(one), 60)).toReversed()
  switch (field) {
    case "durationSeconds":
      return `${value} s instead of ${before} s`
    case "audio":
      return value === "off" ? "no audio" : `audio ${value} instead of ${before}`
    default:
      return `${field} ${value} instead of ${before}`
  }
}

/** The same with its price: `no audio: $0.42`. */
export const cheaperText = (setting: CheaperSetting): string =>
  `${changeText(setting)}: ${setting.isUpperBound === true ? "at most " : ""}${usdText(setting.usd)}`
