import { maxUsd, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { quotedMoneyOf } from "./quoted-money.ts"

/** What may be spent, in USD. Absent: no limit. */
export interface BudgetLimits {
  readonly maxUsdPerCall?: number
  readonly maxUsdPerDay?: number
}

/** Whose spending counts: what the principal spent on any account, and what any principal spent on this account. */
export interface SpendScope {
  readonly principal: string
  readonly account: string
}

/** Millionths of a dollar: integers add up without drift. */
export const micros = (usd: number): number => Math.round(usd * 1e6)

/** Days since 1970 in UTC. */
export const dayOf = (millis: number): number => Math.floor(millis / 86_400_000)

/** What was spent, and what running pipelines have reserved for their remaining steps. */
export const spentMicros = (database: LedgerDatabase["Service"], { principal, account }: SpendScope, day: number) => {
  const { sql } = database
  const counts = sql`(principal = ${principal} OR ${ofAccount(database, account)})`
  return Effect.map(
    sql<{ spent: number | bigint }>`SELECT CAST(COALESCE(SUM(micros), 0) AS BIGINT) AS spent FROM (
      SELECT spent_micros AS micros FROM klingkit_jobs WHERE spent_day = ${day} AND ${counts}
      UNION ALL SELECT reserved_micros FROM klingkit_pipelines WHERE reserved_day = ${day} AND ${counts}
    ) AS counted`,
    (rows) => Number(rows[0]?.spent ?? 0)
  )
}

/** A step of a pipeline is created: from now on its price counts by itself. */
export const commitReservation = ({ sql }: LedgerDatabase["Service"], pipeline: string, quote: Quote) =>
  sql`UPDATE klingkit_pipelines SET reserved_micros = CASE WHEN reserved_micros > ${reservedMicros(quote)}
    THEN reserved_micros - ${reservedMicros(quote)} ELSE 0 END WHERE handle = ${pipeline}`

/** The step was refused: the pipeline may need its price again. */
export const releaseReservation = ({ sql }: LedgerDatabase["Service"], pipeline: string, quote: Quote) =>
  sql`UPDATE klingkit_pipelines SET reserved_micros = reserved_micros + ${reservedMicros(quote)}
    WHERE handle = ${pipeline} AND state = 'RUNNING'`

/**
 * Refuses a quote that may go over a limit; inside the transaction that persists the job, so that no other request
 * spends the same money. A price without a bound counts as zero until charged, and is refused once the day is used up.
 */
export const checkBudget = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  {
    quote,
    limits,
    day,
    ...scope
  }: SpendScope & { readonly quote: Quote; readonly limits: BudgetLimits; readonly day: number }
): Effect.fn.Return<void, LedgerError | SqlError> {
  const { maxUsdPerCall, maxUsdPerDay } = limits
  if (maxUsdPerCall === undefined && maxUsdPerDay === undefined) return
  const over = overBudget(quote, limits, yield* spentMicros(database, scope, day))
  if (over !== undefined) return yield* over
})

/** What a quote counts for until it is charged: its upper bound, zero where that is unknown. */
export const reservedMicros = (quote: Quote): number => micros(maxUsd(quote) ?? 0)

/** Why a quote exceeds the remaining budget; nothing when it fits. */
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
