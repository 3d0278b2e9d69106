import type { Quote } from "@klingkit/core"
import { Schema, SchemaGetter } from "effect"

/** What the rows of every version call the upper bound. */
const boundKey = "atMost"

/** A quote as the ledger stores it. */
export interface StoredQuote extends Omit<Quote, "upperBound"> {
  readonly [boundKey]?: Quote["upperBound"]
}

const hasText = (value: unknown, field: string): boolean =>
  typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[field] === "string"

const isQuote = (value: unknown): boolean => hasText(value, "state") && hasText(value, "rule")

export const toStoredQuote = ({ upperBound, ...quote }: Quote): StoredQuote =>
  upperBound === undefined ? quote : { ...quote, [boundKey]: upperBound }

const fromStoredQuote = ({ [boundKey]: upperBound, ...quote }: StoredQuote): Quote =>
  upperBound === undefined ? quote : { ...quote, upperBound }

export const QuoteFromStored = Schema.declare((value): value is StoredQuote => isQuote(value)).pipe(
  Schema.decodeTo(
    Schema.declare((value): value is Quote => isQuote(value)),
    { decode: SchemaGetter.transform(fromStoredQuote), encode: SchemaGetter.transform(toStoredQuote) }
  )
)
