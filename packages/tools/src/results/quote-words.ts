import type { Quote } from "@klingkit/core"
import * as z from "zod"

export const quoteFacts = z.object({
  state: z.enum(["exact", "estimate", "unknown"]),
  units: z.number().optional(),
  usd: z.number().optional(),
  rule: z.string()
})

export const factsOfQuote = (quote: Quote): z.output<typeof quoteFacts> => ({
  state: quote.state,
  ...(quote.units === undefined ? {} : { units: quote.units }),
  ...(quote.priceUsd === undefined ? {} : { usd: quote.priceUsd }),
  rule: quote.rule
})

/** `Quote: 0.42 USD, 3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)`. */
export const quoteLine = ({ state, priceUsd, rule }: Quote): string => {
  if (priceUsd === undefined) return `Quote: ${state === "unknown" ? "not known" : "open"} (${rule})`
  return `Quote: ${state === "exact" ? "" : "about "}${priceUsd} USD, ${rule}`
}
