import { usdText } from "@klingkit/core/internal"
import { Schema } from "effect"

/** What requests cost, or may still cost, in USD. Each of them is in one part only. */
const spend = {
  /** What Kling has reported; of calls whose charge it never reports, the quote. */
  chargedUsd: Schema.Number,
  /** The upper bounds of what is not billed yet, and of the steps that running pipelines have still to start. */
  reservedUsd: Schema.Number,
  /** The upper bounds of what may have been charged: unresolved requests, and failed tasks without a bill. */
  unknownUsd: Schema.Number,
  /** The sum of the three: what limits count. */
  usedUsd: Schema.Number.annotate({ examples: [3] })
} as const

const Spend = Schema.Struct(spend)
export type Spend = typeof Spend.Type

/** What the requests of a day cost, or may still cost. */
export const DaySpend = Schema.Struct({
  /** The day in UTC: `2026-11-22`. */
  day: Schema.String,
  ...spend,
  /** The limit per day, where one is set, and what is left of it. */
  limitUsd: Schema.optionalKey(Schema.Number),
  leftUsd: Schema.optionalKey(Schema.Number)
})
export type DaySpend = typeof DaySpend.Type

/** `$0.84 of today's limit is used: $0.42 charged, $0.42 reserved`. */
export const daySpendText = ({ chargedUsd, reservedUsd, unknownUsd, usedUsd, limitUsd }: DaySpend): string => {
  const used = `${usdText(usedUsd)} ${limitUsd === undefined ? "is used today" : "of today's limit is used"}`
  const parts = spendPartsText({ chargedUsd, reservedUsd, unknownUsd })
  return parts === "" ? used : `${used}: ${parts}`
}

/** `$0.42 charged, $0.42 reserved`; empty if there is nothing. */
export const spendPartsText = ({ chargedUsd, reservedUsd, unknownUsd }: Omit<Spend, "usedUsd">): string => {
  const parts = [
    [chargedUsd, "charged"],
    [reservedUsd, "reserved"],
    [unknownUsd, "unknown"]
  ] as const
  return parts.flatMap(([usd, word]) => (usd === 0 ? [] : [`${usdText(usd)} ${word}`])).join(", ")
}
