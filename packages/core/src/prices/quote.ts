import { Schema } from "effect"

/** Which resource pack pays. Packs are separate: video units cannot pay for images. */
const Pack = Schema.Literals(["video", "image", "try-on"])
export type Pack = typeof Pack.Type

/**
 * What a request will cost before it is sent.
 * - `exact`: follows from the price table and the input
 * - `estimate`: depends on something known only later, such as the length of an input video
 * - `unknown`: priced per template, or not published by Kling
 */
export const Quote = Schema.Struct({
  state: Schema.Literals(["exact", "estimate", "unknown"]),
  pack: Schema.optionalKey(Pack),
  units: Schema.optionalKey(Schema.Finite),
  priceUsd: Schema.optionalKey(Schema.Finite),
  /** The arithmetic as text: `3 units = 5 s x 0.6 (kling-3.0, 720p, silent)`. */
  rule: Schema.String,
  /**
   * The highest possible price, where it exceeds `units` or nothing else is known: the longest video or audio that Kling
   * accepts, at the listed rate. Spending limits count this.
   */
  upperBound: Schema.optionalKey(Schema.Struct({ units: Schema.optionalKey(Schema.Finite), priceUsd: Schema.Finite }))
})
export type Quote = typeof Quote.Type

/** USD of one unit. Source: Kling docs, pricing, 2026-09-20. */
export const unitUsd: Readonly<Record<Pack, number>> = { video: 0.14, image: 0.0035, "try-on": 0.07 }

// Sums of tenths drift in binary; Kling's own figures have at most three decimals.
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

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

/** The same quote with an upper bound; `bound` is the highest possible price, and why. */
export const withUpperBound = (quote: Quote, bound: Quote): Quote => {
  const { units, priceUsd } = bound
  if (units === undefined || priceUsd === undefined || units === quote.units) return quote
  return { ...quote, state: "estimate", upperBound: { units, priceUsd }, rule: `${quote.rule}; at most ${bound.rule}` }
}

/** The rate is known, the quantity is not: no units. */
export const openEstimate = (pack: Pack, rule: string): Quote => ({ state: "estimate", pack, rule })

/** USD that no units stand behind: what partners charge. `likelyUsd` is absent when it depends on an unknown length. */
export const usdEstimate = (pack: Pack, likelyUsd: number | undefined, highestUsd: number, rule: string): Quote => ({
  state: "estimate",
  pack,
  ...(likelyUsd === undefined ? {} : { priceUsd: rounded(likelyUsd) }),
  upperBound: { priceUsd: rounded(highestUsd) },
  rule
})

export const unknownPrice = (why: string): Quote => ({ state: "unknown", rule: why })

/** The highest possible price in USD; nothing when there is no known bound. */
export const maxUsd = ({ upperBound, priceUsd }: Quote): number | undefined => upperBound?.priceUsd ?? priceUsd

/** `$0.42`, `$0.028`. */
export const usdText = (usd: number): string =>
  `$${usd.toLocaleString("en-US", { useGrouping: false, minimumFractionDigits: 2, maximumFractionDigits: 6 })}`

/** `1 video unit`, `3 units`. */
export const unitsText = (amount: number, pack?: string): string =>
  `${amount}${pack === undefined ? "" : ` ${pack}`} unit${amount === 1 ? "" : "s"}`

/** `4 video units ($0.56)`, `4 units ($0.56)`; `$0.56` where the units are unknown. */
export const amountText = (units: number | undefined, usd: number, pack?: string): string =>
  units === undefined ? usdText(usd) : `${unitsText(units, pack)} (${usdText(usd)})`

/** A price as text: `3 video units ($0.42)`, `at most 4 video units ($0.56)`. */
export const quotedText = ({ state, pack, units, priceUsd, upperBound }: Quote): string => {
  const likely =
    priceUsd === undefined ? [] : [`${state === "exact" ? "" : "about "}${amountText(units, priceUsd, pack)}`]
  const bound = upperBound === undefined ? [] : [`at most ${amountText(upperBound.units, upperBound.priceUsd, pack)}`]
  return [...likely, ...bound].join(", ") || "unknown until charged"
}

/**
 * The total of several steps, as certain as the least certain of them. Units of different packs are not added up,
 * their USD prices are.
 */
export const sumOfQuotes = (quotes: ReadonlyArray<Quote>): Quote => {
  const state = (["unknown", "estimate", "exact"] as const).find((one) => quotes.some((quote) => quote.state === one))
  const packs = new Set(quotes.map((quote) => quote.pack))
  const [pack] = packs.size === 1 ? packs : []
  const inPack = <A extends { readonly units: number }>({ units, ...money }: A) =>
    packs.size > 1 ? money : { units, ...money }
  const sum = amounts(quotes)
  const highest = amounts(quotes.map((quote) => ({ ...quote, ...quote.upperBound })))
  return {
    state: state ?? "exact",
    rule: quotes.map((quote) => quote.rule).join(" + "),
    ...(pack === undefined ? {} : { pack }),
    ...(sum === undefined ? {} : inPack(sum)),
    ...(highest === undefined || highest.priceUsd === sum?.priceUsd ? {} : { upperBound: inPack(highest) })
  }
}

/** The price of several takes of one request. */
export const quoteOfTakes = (quote: Quote, count: number): Quote => {
  if (count === 1) return quote
  const { units, priceUsd, upperBound, rule } = quote
  return {
    ...quote,
    rule: `${count} takes, each ${rule}`,
    ...(units === undefined ? {} : { units: rounded(count * units) }),
    ...(priceUsd === undefined ? {} : { priceUsd: rounded(count * priceUsd) }),
    ...(upperBound === undefined
      ? {}
      : {
          upperBound: {
            ...(upperBound.units === undefined ? {} : { units: rounded(count * upperBound.units) }),
            priceUsd: rounded(count * upperBound.priceUsd)
          }
        })
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
