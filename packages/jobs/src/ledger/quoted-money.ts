import { maxUsd, type Quote } from "@klingkit/core"
import { unitsText, usdText } from "@klingkit/core/internal"
import { Schema } from "effect"

/** The price of a quote, as errors carry it. */
export const quotedMoney = {
  /** Absent when the price is unknown until charged. */
  quoteUsd: Schema.optionalKey(Schema.Number),
  /** `quoteUsd` is an upper bound: the length of a video or audio file is unknown. */
  isUpperBound: Schema.optionalKey(Schema.Boolean)
} as const

const Quoted = Schema.Struct(quotedMoney)
export type QuotedMoney = typeof Quoted.Type

export const quotedMoneyOf = (quote: Quote): QuotedMoney => {
  const quoteUsd = maxUsd(quote)
  return {
    ...(quoteUsd === undefined ? {} : { quoteUsd }),
    ...(quote.upperBound === undefined ? {} : { isUpperBound: true })
  }
}

/** `$0.42`, `at most $16.80`; undefined when the price is unknown. */
export const quotedMoneyText = ({ quoteUsd, isUpperBound = false }: QuotedMoney): string | undefined =>
  quoteUsd === undefined ? undefined : `${isUpperBound ? "at most " : ""}${usdText(quoteUsd)}`

/** What a step of a pipeline cost, by its quote. */
export const PaidStep = Schema.Struct({
  step: Schema.String,
  operation: Schema.String,
  units: Schema.optionalKey(Schema.Number),
  pack: Schema.optionalKey(Schema.String)
})
export type PaidStep = typeof PaidStep.Type

/** `0.05 video units (legacy.tts) and 0.05 video units (legacy.identify-face)`. */
export const paidText = (paid: ReadonlyArray<PaidStep>): string =>
  paid
    .map(
      ({ units, pack, operation }) => `${units === undefined ? "some units" : unitsText(units, pack)} (${operation})`
    )
    .join(" and ")
