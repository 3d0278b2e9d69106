import { mostUsd, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { quotedMoneyOf } from "./quoted-money.ts"

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

/** What was spent, and what begun chains have set aside for their other steps. */
export const spentMicros = ({ sql }: LedgerDatabase["Service"], purse: Purse, day: number) =>
  Effect.map(
    sql<{ spent: number | bigint }>`SELECT CAST(COALESCE(SUM(micros), 0) AS BIGINT) AS spent FROM (
      SELECT spent_micros AS micros FROM klingkit_jobs
      WHERE spent_day = ${day} AND (principal = ${purse.principal} OR account = ${purse.account})
      UNION ALL SELECT reserved_micros FROM klingkit_chains
      WHERE reserved_day = ${day} AND (principal = ${purse.principal} OR account = ${purse.account})
    ) AS counted`,
    (rows) => Number(rows[0]?.spent ?? 0)
  )

/** A chain's step is begun: its price counts by itself from now on. */
export const takeFromReserve = ({ sql }: LedgerDatabase["Service"], chain: string, quote: Quote) =>
  sql`UPDATE klingkit_chains SET reserved_micros = CASE WHEN reserved_micros > ${reservedMicros(quote)}
    THEN reserved_micros - ${reservedMicros(quote)} ELSE 0 END WHERE handle = ${chain}`

/** It was refused: the chain may need its price again. */
export const giveBackToReserve = ({ sql }: LedgerDatabase["Service"], chain: string, quote: Quote) =>
  sql`UPDATE klingkit_chains SET reserved_micros = reserved_micros + ${reservedMicros(quote)}
    WHERE handle = ${chain} AND state = 'RUNNING'`

/**
 * Refuses a quote that may go over a limit; inside the transaction that writes the job down, so that no other spends the
 * same money. A price without a bound counts as nothing until its charge is known, and finds a used-up day closed.
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

/** What a quote counts for until its charge is known: the most that it can come to, nothing where that is not known. */
export const reservedMicros = (quote: Quote): number => micros(mostUsd(quote) ?? 0)

/** Why a quote does not fit what is left; nothing when it does. */
export const overBudget = (quote: Quote, limits: BudgetLimits, spent: number): LedgerError | undefined => {
  const { maxUsdPerCall, maxUsdPerDay } = limits
  const quoted = quotedMoneyOf(quote)
  const price = reservedMicros(quote)
  const over = (limit: "call" | "day", limitUsd: number) =>
    ledgerError({ _tag: "OverBudget", limit, limitUsd, spentTodayUsd: spent / 1e6, ...quoted })
  if (maxUsdPerCall !== undefined && price > micros(maxUsdPerCall)) return over("call", maxUsdPerCall)
  if (maxUsdPerDay === undefined) return undefined
  const left = micros(maxUsdPerDay) - spent
  if (price > left || (quoted.quoteUsd === undefined && left <= 0)) return over("day", maxUsdPerDay)
  return undefined
}
