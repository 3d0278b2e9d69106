import { type Quote, usdText } from "@klingkit/core"
import * as z from "zod"

export const quoteFacts = z.object({
  state: z.string(),
  units: z.number().optional(),
  usd: z.number().optional(),
  at_most_units: z.number().optional(),
  at_most_usd: z.number().optional(),
  rule: z.string()
})

/** Each is absent where it is not known; `at_most` also where it is no more than the rest. */
export const factsOfQuote = ({ state, units, priceUsd, atMost, rule }: Quote): z.output<typeof quoteFacts> => ({
  state,
  ...(units === undefined ? {} : { units }),
  ...(priceUsd === undefined ? {} : { usd: priceUsd }),
  ...(atMost === undefined ? {} : { at_most_units: atMost.units, at_most_usd: atMost.priceUsd }),
  rule
})

/** `Quote: 0.42 USD, 3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)`, `Quote: at most 4 units ($0.56), ...`. */
export const quoteLine = ({ state, priceUsd, atMost, rule }: Quote): string => {
  const likely = priceUsd === undefined ? [] : [`${state === "exact" ? "" : "about "}${priceUsd} USD`]
  const most = atMost === undefined ? [] : [`at most ${atMost.units} units (${usdText(atMost.priceUsd)})`]
  const known = [...likely, ...most]
  return known.length === 0 ? `Quote: not known (${rule})` : `Quote: ${known.join(", ")}, ${rule}`
}
