import { mostUsd, type Quote, usdText } from "@klingkit/core"
import { Schema } from "effect"

/** A quote as a refusal names it. */
export const quotedMoney = {
  /** Absent when nobody can say before how much it will be. */
  quoteUsd: Schema.optionalKey(Schema.Number),
  /** It is the most that it can come to: the length of a clip or sound is not known. */
  isAtMost: Schema.optionalKey(Schema.Boolean)
} as const

const Quoted = Schema.Struct(quotedMoney)
export type QuotedMoney = typeof Quoted.Type

export const quotedMoneyOf = (quote: Quote): QuotedMoney => {
  const quoteUsd = mostUsd(quote)
  return {
    ...(quoteUsd === undefined ? {} : { quoteUsd }),
    ...(quote.atMost === undefined ? {} : { isAtMost: true })
  }
}

/** `$0.42`, `at most $16.80`; nothing when the price is not known. */
export const quotedMoneyText = ({ quoteUsd, isAtMost = false }: QuotedMoney): string | undefined =>
  quoteUsd === undefined ? undefined : `${isAtMost ? "at most " : ""}${usdText(quoteUsd)}`
