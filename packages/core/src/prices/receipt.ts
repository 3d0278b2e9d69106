import { sanitizeText } from "../errors/sanitize-text.ts"
import { type Charge, isFinished, type Task } from "../wire/task.ts"
import { amountText, maxUsd, type Quote, quotedText, unitsText, unitUsd, usdText } from "./quote.ts"

/** What a task was quoted and what Kling charged for it, as text. */
export interface Receipt {
  /** `3 video units ($0.42)`; absent when nothing was quoted. */
  readonly quoted?: string
  /** `3 video units ($0.42), as quoted`, or why it is unknown; absent while the task is running. */
  readonly charged?: string
  /** Set when quote and charge differ: `quoted 3 units, charged 4`. */
  readonly mismatch?: string
}

/** Quote and charge of a task, side by side. */
export const receiptOf = (quote: Quote | undefined, task: Pick<Task, "status" | "charges">): Receipt => {
  const mismatch = quote === undefined ? undefined : mismatchOf(quote, task.charges)
  const charged = chargedText(quote, task)
  const agrees = quote !== undefined && mismatch === undefined && isComparable(quote, task.charges)
  return {
    ...(quote === undefined ? {} : { quoted: quotedText(quote) }),
    ...(charged === undefined
      ? {}
      : { charged: agrees ? `${charged}, ${quote.state === "exact" ? "as quoted" : "within the quote"}` : charged }),
    ...(mismatch === undefined ? {} : { mismatch })
  }
}

const chargedText = (quote: Quote | undefined, { status, charges }: Pick<Task, "status" | "charges">) => {
  if (charges.length > 0) return amountsText(quote, charges)
  if (!isFinished({ status })) return undefined
  return status === "failed"
    ? "unknown: Kling did not report it and does not document what a failed task costs"
    : "unknown: Kling did not report it"
}

const amountsText = (quote: Quote | undefined, charges: ReadonlyArray<Charge>): string => {
  const nonZero = sumByKind(charges).slice(0, maxSums)
  return nonZero.length === 0 ? "nothing" : nonZero.map((charge) => chargeText(charge, quote)).join(" and ")
}

/** Kling has three packs and one balance: anything beyond that is left out of the text. */
const maxSums = 4

/** Charges of one kind added up; what costs nothing is left out. */
export const sumByKind = (charges: ReadonlyArray<Charge>): ReadonlyArray<Charge> => {
  const sums = new Map<string, Charge>()
  for (const charge of charges) {
    if (charge.amount === 0) continue
    const key = charge.kind === "unit" ? `unit ${charge.pack}` : `cash ${charge.currency}`
    sums.set(key, { ...charge, amount: rounded(charge.amount + (sums.get(key)?.amount ?? 0)) })
  }
  return [...sums.values()]
}

/** One charge as text: `3 video units ($0.42)`, `0.42 USD of the balance`. */
export const chargeText = (charge: Charge, quote: Quote | undefined): string => {
  if (charge.kind === "cash") {
    return charge.currency === undefined
      ? `${charge.amount} of the balance, in the account's currency`
      : `${charge.amount} ${sanitizeText(charge.currency, 10)} of the balance`
  }
  const pack = charge.pack ?? quote?.pack
  const usd = chargedUsd([charge], quote)
  const name = pack === undefined ? undefined : sanitizeText(pack, 60)
  return usd === undefined ? unitsText(charge.amount, name) : amountText(charge.amount, usd, name)
}

/** The total of Kling's charges in USD; nothing unless every charge is known in USD. */
export const chargedUsd = (
  charges: ReadonlyArray<Charge>,
  quote: Pick<Quote, "pack"> | undefined
): number | undefined => {
  if (charges.length === 0) return undefined
  const each = charges.map((charge) => {
    if (charge.amount === 0) return 0
    if (charge.kind === "cash") return charge.currency?.toUpperCase() === "USD" ? charge.amount : undefined
    const pack = Object.entries(unitUsd).find(([name]) => name === (charge.pack ?? quote?.pack))
    return pack === undefined ? undefined : charge.amount * pack[1]
  })
  return each.reduce(
    (sum: number | undefined, usd) => (sum === undefined || usd === undefined ? undefined : sum + usd),
    0
  )
}

interface Comparison {
  readonly charged: number
  readonly quoted: number | undefined
  readonly highest: number | undefined
  readonly text: (amount: number) => string
}

const isOfOtherPack = (charged: string | undefined, quoted: string | undefined): boolean =>
  charged !== undefined && charged in unitUsd && charged !== quoted

/** In units when units of the quoted pack were charged, else in USD. */
const compare = (quote: Quote, charges: ReadonlyArray<Charge>): Comparison | undefined => {
  const nonZero = charges.filter(({ amount }) => amount !== 0)
  if (nonZero.every((charge) => charge.kind === "unit" && !isOfOtherPack(charge.pack, quote.pack))) {
    const charged = charges.length === 0 ? undefined : nonZero.reduce((sum, { amount }) => sum + amount, 0)
    const { units, upperBound } = quote
    return charged === undefined
      ? undefined
      : { charged, quoted: units, highest: upperBound?.units ?? units, text: (amount) => unitsText(rounded(amount)) }
  }
  const charged = chargedUsd(charges, quote)
  return charged === undefined ? undefined : { charged, quoted: quote.priceUsd, highest: maxUsd(quote), text: usdText }
}

const isComparable = (quote: Quote, charges: ReadonlyArray<Charge>): boolean =>
  compare(quote, charges)?.highest !== undefined

/** An exact quote must match; an estimate must not exceed its upper bound. */
const mismatchOf = (quote: Quote, charges: ReadonlyArray<Charge>): string | undefined => {
  const comparison = compare(quote, charges)
  if (comparison?.highest === undefined) return undefined
  const { charged, quoted, highest, text } = comparison
  const isExact = quote.state === "exact" && quoted !== undefined
  if (isExact ? Math.abs(charged - quoted) < 1e-6 : charged < highest + 1e-6) return undefined
  return `quoted ${isExact ? "" : "at most "}${text(highest)}, charged ${text(charged)}`
}

const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6
