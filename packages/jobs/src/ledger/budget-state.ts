import { sanitizeText, usdText } from "@klingkit/core/internal"
import { Schema } from "effect"
import { budgetLevels } from "./budget-line.ts"
import { spendPartsText } from "./day-spend.ts"

/** For how long a budget counts, in UTC: a day, a calendar month, or all that the ledger has. */
export const budgetPeriods = ["day", "month", "total"] as const
export type BudgetPeriod = (typeof budgetPeriods)[number]

/** What one organization, project, person or access key may spend in a period. */
export const Budget = Schema.Struct({
  level: Schema.Literals(budgetLevels),
  name: Schema.String,
  period: Schema.Literals(budgetPeriods),
  limitUsd: Schema.Number
})
export type Budget = typeof Budget.Type

/** A budget beside what counts against it in its current period, in USD. */
export const BudgetState = Schema.Struct({
  ...Budget.fields,
  chargedUsd: Schema.Number,
  reservedUsd: Schema.Number,
  unknownUsd: Schema.Number,
  /** The sum of the three. */
  usedUsd: Schema.Number,
  leftUsd: Schema.Number,
  /** The day (UTC) on which the next period begins: `2026-12-01`. A total has none. */
  resetsOn: Schema.optionalKey(Schema.String)
})
export type BudgetState = typeof BudgetState.Type

const periodWords = { day: "per day (UTC)", month: "per month (UTC)", total: "in total" } as const

/** `the budget of person anna, $20.00 per day (UTC)`. Names may come from tokens. */
export const budgetText = ({ level, name, period, limitUsd }: Budget): string =>
  `the budget of ${level} ${sanitizeText(name, 80)}, ${usdText(limitUsd)} ${periodWords[period]}`

/** `has $3.20 left: $10.00 charged, $6.80 reserved`. */
export const budgetLeftText = ({ leftUsd, ...spend }: BudgetState): string => {
  const parts = spendPartsText(spend)
  return `has ${usdText(leftUsd)} left${parts === "" ? "" : `: ${parts}`}`
}

/** What is said once a request has used most of a budget. */
export const budgetAlertText = (state: BudgetState): string => {
  const share = Math.floor((state.usedUsd / state.limitUsd) * 100)
  const until = state.resetsOn === undefined ? "" : `, until ${state.resetsOn} (UTC)`
  return `${budgetText(state)} is ${share} % used: ${usdText(state.leftUsd)} is left${until}`
}
