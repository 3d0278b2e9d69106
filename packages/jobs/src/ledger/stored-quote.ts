import { Quote } from "@klingkit/core"
import { Schema } from "effect"

/** A quote as the ledger stores it: the rows of every version call the upper bound `atMost`. */
export const StoredQuote = Quote.pipe(Schema.encodeKeys({ upperBound: "atMost" }))

export const toStoredQuote = Schema.encodeSync(StoredQuote)
