import { type Charge, type Quote, unitUsd } from "@klingkit/core"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** What may be spent, in USD. Absent: no limit. */
export interface BudgetLimits {
  readonly maxUsdPerCall?: number
  readonly maxUsdPerDay?: number
}

/** Whose spending: what the principal spent on any account, and what anybody spent on the account, is one purse. */
export interface Purse {
  readonly principal: string
  readonly account: string
}

/** Millionths of a dollar: whole numbers add up without drift. */
export const micros = (usd: number): number => Math.round(usd * 1e6)

/** Days since 1970 in UTC. */
export const dayOf = (millis: number): number => Math.floor(millis / 86_400_000)

export const spentMicros = ({ sql }: LedgerDatabase["Service"], purse: Purse, day: number) =>
  Effect.map(
    sql<{ spent: number | bigint }>`SELECT CAST(COALESCE(SUM(spent_micros), 0) AS BIGINT) AS spent FROM klingkit_jobs
      WHERE spent_day = ${day} AND (principal = ${purse.principal} OR account = ${purse.account})`,
    (rows) => Number(rows[0]?.spent ?? 0)
  )

/**
 * Refuses a quote that is over a limit; inside the transaction that writes the job down, so that no other spends the
 * same money. A price that is not known before counts as nothing until its charge is, and finds a used-up day closed.
 */
export const checkBudget = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  {
    quote,
    limits,
    day,
    ...purse
  }: Purse & { readonly quote: Quote; readonly limits: BudgetLimits; readonly day: number }
): Effect.fn.Return<void, LedgerError | SqlError> {
  const { maxUsdPerCall, maxUsdPerDay } = limits
  if (maxUsdPerCall === undefined && maxUsdPerDay === undefined) return
  const over = overBudget(quote, limits, yield* spentMicros(database, purse, day))
  if (over !== undefined) return yield* over
})

/** Why a quote does not fit what is left; nothing when it does. */
export const overBudget = (quote: Quote, limits: BudgetLimits, spent: number): LedgerError | undefined => {
  const { maxUsdPerCall, maxUsdPerDay } = limits
  const price = micros(quote.priceUsd ?? 0)
  const over = (limit: "call" | "day", limitUsd: number) =>
    ledgerError({
      _tag: "OverBudget",
      limit,
      limitUsd,
      spentTodayUsd: spent / 1e6,
      ...(quote.priceUsd === undefined ? {} : { quoteUsd: quote.priceUsd })
    })
  if (maxUsdPerCall !== undefined && price > micros(maxUsdPerCall)) return over("call", maxUsdPerCall)
  if (maxUsdPerDay === undefined) return undefined
  const left = micros(maxUsdPerDay) - spent
  if (price > left || (quote.priceUsd === undefined && left <= 0)) return over("day", maxUsdPerDay)
  return undefined
}

/** What Kling's charges come to in USD; nothing as long as they are not all known in that money. */
export const chargedUsd = (charges: ReadonlyArray<Charge>, quote: Quote): number | undefined => {
  if (charges.length === 0) return undefined
  const each = charges.map((charge) => {
    if (charge.kind === "cash") return charge.currency?.toUpperCase() === "USD" ? charge.amount : undefined
    const pack = Object.entries(unitUsd).find(([name]) => name === (charge.pack ?? quote.pack))
    return pack === undefined ? undefined : charge.amount * pack[1]
  })
  return each.reduce(
    (sum: number | undefined, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0
  )
}
