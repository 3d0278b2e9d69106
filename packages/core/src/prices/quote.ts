/** Which resource pack pays. Packs are separate: video units cannot pay for images. */
export type Pack = "video" | "image" | "try-on"

/**
 * What a request will cost before it is sent.
 * - `exact`: from the price table and the input alone
 * - `estimate`: depends on something seen only later, such as the length of an input clip
 * - `unknown`: Kling prices it per template, or the price is not published
 */
export interface Quote {
  readonly state: "exact" | "estimate" | "unknown"
  readonly pack?: Pack
  readonly units?: number
  readonly priceUsd?: number
  /** The arithmetic in words: `3 units = 5 s x 0.6 (kling-3.0, 720p, silent)`. */
  readonly rule: string
}

/** USD of one unit. Source: Kling docs, pricing, 2026-09-20. */
export const unitUsd: Readonly<Record<Pack, number>> = { video: 0.14, image: 0.0035, "try-on": 0.07 }

// Sums of tenths drift in binary; Kling's own figures have at most three decimals.
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

export const exactQuote = (pack: Pack, count: number, unitsEach: number, rule: string): Quote => ({
  state: "exact",
  pack,
  units: rounded(count * unitsEach),
  priceUsd: rounded(count * unitsEach * unitUsd[pack]),
  rule: `${rounded(count * unitsEach)} ${pack} units = ${rule}`
})

export const estimate = (quote: Quote, why: string): Quote => ({
  ...quote,
  state: "estimate",
  rule: `${quote.rule}; ${why}`
})

/** The rate is known, the quantity only later: no units are named. */
export const openEstimate = (pack: Pack, rule: string): Quote => ({ state: "estimate", pack, rule })

export const unknownPrice = (why: string): Quote => ({ state: "unknown", rule: why })

/** What several steps from one pack cost together: never more certain than the least certain of them. */
export const sumOfQuotes = (quotes: ReadonlyArray<Quote>): Quote => {
  const state = (["unknown", "estimate", "exact"] as const).find((one) => quotes.some((quote) => quote.state === one))
  const total = (amounts: ReadonlyArray<number | undefined>) =>
    amounts.reduce<number | undefined>(
      (sum, one) => (sum === undefined || one === undefined ? undefined : rounded(sum + one)),
      0
    )
  const units = total(quotes.map((quote) => quote.units))
  const priceUsd = total(quotes.map((quote) => quote.priceUsd))
  const pack = quotes[0]?.pack
  return {
    state: state ?? "exact",
    rule: quotes.map((quote) => quote.rule).join(" + "),
    ...(pack === undefined ? {} : { pack }),
    ...(units === undefined || priceUsd === undefined ? {} : { units, priceUsd })
  }
}

export const free: Quote = { state: "exact", units: 0, priceUsd: 0, rule: "free" }
