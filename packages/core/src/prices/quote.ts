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
  /**
   * The most that it can come to, where that is more than `units` or nothing else is known: the longest clip or sound
   * that Kling takes, at the listed rate. Limits count this.
   */
  readonly atMost?: { readonly units?: number; readonly priceUsd: number }
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

/** The same, when it may come to more: `most` says to how much, and why. */
export const withBound = (quote: Quote, most: Quote): Quote => {
  const { units, priceUsd } = most
  if (units === undefined || priceUsd === undefined || units === quote.units) return quote
  return { ...quote, state: "estimate", atMost: { units, priceUsd }, rule: `${quote.rule}; at most ${most.rule}` }
}

/** The rate is known, the quantity only later: no units are named. */
export const openEstimate = (pack: Pack, rule: string): Quote => ({ state: "estimate", pack, rule })

export const unknownPrice = (why: string): Quote => ({ state: "unknown", rule: why })

/** What to be ready to pay, in USD; nothing where Kling sets no bound that is known. */
export const mostUsd = ({ atMost, priceUsd }: Quote): number | undefined => atMost?.priceUsd ?? priceUsd

/** `$0.42`, `$0.028`. */
export const usdText = (usd: number): string =>
  `$${usd.toLocaleString("en-US", { useGrouping: false, minimumFractionDigits: 2, maximumFractionDigits: 6 })}`

/** `1 video unit`, `3 units`. */
export const unitsText = (amount: number, pack?: string): string =>
  `${amount}${pack === undefined ? "" : ` ${pack}`} unit${amount === 1 ? "" : "s"}`

/** A price in words: `3 video units ($0.42)`, `at most 4 video units ($0.56)`. */
export const quotedText = ({ state, pack, units, priceUsd, atMost }: Quote): string => {
  const amount = (count: number | undefined, usd: number) =>
    count === undefined ? usdText(usd) : `${unitsText(count, pack)} (${usdText(usd)})`
  const likely = priceUsd === undefined ? [] : [`${state === "exact" ? "" : "about "}${amount(units, priceUsd)}`]
  const most = atMost === undefined ? [] : [`at most ${amount(atMost.units, atMost.priceUsd)}`]
  return [...likely, ...most].join(", ") || "not known before"
}

/**
 * What several steps cost together: never more certain than the least certain of them. Units of several packs are not
 * added up, their money is.
 */
export const sumOfQuotes = (quotes: ReadonlyArray<Quote>): Quote => {
  const state = (["unknown", "estimate", "exact"] as const).find((one) => quotes.some((quote) => quote.state === one))
  const packs = new Set(quotes.map((quote) => quote.pack))
  const [pack] = packs.size === 1 ? packs : []
  const inPack = <A extends { readonly units: number }>({ units, ...money }: A) =>
    packs.size > 1 ? money : { units, ...money }
  const sum = amounts(quotes)
  const most = amounts(quotes.map((quote) => ({ ...quote, ...quote.atMost })))
  return {
    state: state ?? "exact",
    rule: quotes.map((quote) => quote.rule).join(" + "),
    ...(pack === undefined ? {} : { pack }),
    ...(sum === undefined ? {} : inPack(sum)),
    ...(most === undefined || most.priceUsd === sum?.priceUsd ? {} : { atMost: inPack(most) })
  }
}

const amounts = (quotes: ReadonlyArray<Pick<Quote, "units" | "priceUsd">>) =>
  quotes.reduce<{ readonly units: number; readonly priceUsd: number } | undefined>(
    (sum, { units, priceUsd }) =>
      sum === undefined || units === undefined || priceUsd === undefined
        ? undefined
        : { units: rounded(sum.units + units), priceUsd: rounded(sum.priceUsd + priceUsd) },
    { units: 0, priceUsd: 0 }
  )

export const free: Quote = { state: "exact", units: 0, priceUsd: 0, rule: "free" }
