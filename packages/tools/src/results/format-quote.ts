import type { Quote } from "@klingkit/core"
import { amountText } from "@klingkit/core/internal"
import * as z from "zod"

export const quoteSchema = z.object({
  state: z.string(),
  units: z.number().optional(),
  usd: z.number().optional(),
  at_most_units: z.number().optional(),
  at_most_usd: z.number().optional(),
  rule: z.string()
})

/** Fields are absent where unknown; `at_most` also where it does not exceed the likely price. */
export const structuredQuote = ({ state, units, priceUsd, upperBound, rule }: Quote): z.output<typeof quoteSchema> => ({
  state,
  ...(units === undefined ? {} : { units }),
  ...(priceUsd === undefined ? {} : { usd: priceUsd }),
  ...(upperBound === undefined ? {} : { at_most_units: upperBound.units, at_most_usd: upperBound.priceUsd }),
  rule
})

/** `Quote: 0.42 USD, 3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)`, `Quote: at most 4 units ($0.56), ...`. */
export const formatQuote = ({ state, priceUsd, upperBound, rule }: Quote): string => {
  const likely = priceUsd === undefined ? [] : [`${state === "exact" ? "" : "about "}${priceUsd} USD`]
  const most = upperBound === undefined ? [] : [`at most ${amountText(upperBound.units, upperBound.priceUsd)}`]
  const known = [...likely, ...most]
  return known.length === 0 ? `Quote: unknown (${rule})` : `Quote: ${known.join(", ")}, ${rule}`
}
