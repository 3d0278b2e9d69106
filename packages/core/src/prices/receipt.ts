import { untrustedText } from "../errors/untrusted-text.ts"
import { type Charge, isFinished, type Task } from "../wire/task.ts"
import { mostUsd, type Quote, quotedText, unitsText, unitUsd, usdText } from "./quote.ts"

/** What a task was quoted and what Kling took for it, in words. */
export interface Receipt {
  /** `3 video units ($0.42)`; absent where nothing was quoted. */
  readonly quoted?: string
  /** `3 video units ($0.42), as quoted`, or why it is not known; absent as long as the task runs. */
  readonly charged?: string
  /** What does not agree: `quoted 3 units, charged 4`. */
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
      : { charged: agrees ? `${charged}, ${quote.state === "exact" ? "as" : "within what was"} quoted` : charged }),
    ...(mismatch === undefined ? {} : { mismatch })
  }
}

const chargedText = (quote: Quote | undefined, { status, charges }: Pick<Task, "status" | "charges">) => {
  if (charges.length > 0) return amountsText(quote, charges)
  if (!isFinished({ status })) return undefined
  return status === "failed"
    ? "not known: Kling's answer does not say, and what a failed task costs is not documented"
    : "not known: Kling's answer does not say"
}

const amountsText = (quote: Quote | undefined, charges: ReadonlyArray<Charge>): string => {
  const taken = summed(charges.filter(({ amount }) => amount !== 0))
  return taken.length === 0 ? "nothing" : taken.map((charge) => chargeText(charge, quote)).join(" and ")
}

/** Kling has three packs and one balance: whatever else an answer lists is left out of the words. */
const mostSums = 4

/** Charges of one kind added up. */
const summed = (charges: ReadonlyArray<Charge>): ReadonlyArray<Charge> => {
  const sums = new Map<string, Charge>()
  for (const charge of charges) {
    const key = charge.kind === "unit" ? `unit ${charge.pack}` : `cash ${charge.currency}`
    sums.set(key, { ...charge, amount: rounded(charge.amount + (sums.get(key)?.amount ?? 0)) })
  }
  return [...sums.values()].slice(0, mostSums)
}

/** One charge in words: `3 video units ($0.42)`, `0.42 USD of the balance`. */
export const chargeText = (charge: Charge, quote: Quote | undefined): string => {
  if (charge.kind === "cash") {
    return charge.currency === undefined
      ? `${charge.amount} of the balance, in the account's currency`
      : `${charge.amount} ${untrustedText(charge.currency, 10)} of the balance`
  }
  const pack = charge.pack ?? quote?.pack
  const usd = chargedUsd([charge], quote)
  const units = unitsText(charge.amount, pack === undefined ? undefined : untrustedText(pack, 60))
  return usd === undefined ? units : `${units} (${usdText(usd)})`
}

/** What Kling's charges come to in USD; nothing as long as they are not all known in that money. */
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
    (sum: number | undefined, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0
  )
}

interface Compared {
  readonly charged: number
  readonly quoted: number | undefined
  readonly most: number | undefined
  readonly text: (amount: number) => string
}

const isOfOtherPack = (charged: string | undefined, quoted: string | undefined): boolean =>
  charged !== undefined && charged in unitUsd && charged !== quoted

/** In units where units of the quoted pack were taken, else in USD. */
const compared = (quote: Quote, charges: ReadonlyArray<Charge>): Compared | undefined => {
  const taken = charges.filter(({ amount }) => amount !== 0)
  if (taken.every((charge) => charge.kind === "unit" && !isOfOtherPack(charge.pack, quote.pack))) {
    const charged = charges.length === 0 ? undefined : taken.reduce((sum, { amount }) => sum + amount, 0)
    const { units, atMost } = quote
    return charged === undefined
      ? undefined
      : { charged, quoted: units, most: atMost?.units ?? units, text: (amount) => unitsText(rounded(amount)) }
  }
  const charged = chargedUsd(charges, quote)
  return charged === undefined ? undefined : { charged, quoted: quote.priceUsd, most: mostUsd(quote), text: usdText }
}

const isComparable = (quote: Quote, charges: ReadonlyArray<Charge>): boolean =>
  compared(quote, charges)?.most !== undefined

/** An exact quote is held to its figure, an estimate to the most that it named. */
const mismatchOf = (quote: Quote, charges: ReadonlyArray<Charge>): string | undefined => {
  const sides = compared(quote, charges)
  if (sides?.most === undefined) return undefined
  const { charged, quoted, most, text } = sides
  const isExact = quote.state === "exact" && quoted !== undefined
  if (isExact ? Math.abs(charged - quoted) < 1e-6 : charged < most + 1e-6) return undefined
  return `quoted ${isExact ? "" : "at most "}${text(most)}, charged ${text(charged)}`
}

const rounded = (amount: number): number => Math.round(amount * 1e6) / 1e6
