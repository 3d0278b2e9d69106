import { maxUsd, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { ofAccount } from "./accounts.ts"
import { allLevelColumns, type BudgetLine, lineOfRow } from "./budget-line.ts"
import type { LedgerDatabase } from "./database.ts"
import type { DaySpend, Spend } from "./day-spend.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { quotedMoneyOf } from "./quoted-money.ts"

/** What may be spent, in USD. Absent: no limit. */
export interface BudgetLimits {
  readonly maxUsdPerCall?: number
  readonly maxUsdPerDay?: number
  /** As in `SpendScope`. */
  readonly isShared?: boolean
}

/** Whose spending counts: what the principal spent on any account, and what any principal spent on this account. */
export interface SpendScope {
  readonly principal: string
  readonly account: string
  /** Others use the account: what they spend is theirs, and only what the principal spent counts. */
  readonly isShared?: boolean | undefined
}

/** Millionths of a dollar: integers add up without drift. */
export const micros = (usd: number): number => Math.round(usd * 1e6)

const dayMillis = 86_400_000

/** Days since 1970 in UTC. */
export const dayOf = (millis: number): number => Math.floor(millis / dayMillis)

/** Days since 1970 in UTC, the last one included. */
export interface Days {
  readonly from: number
  readonly to: number
}

const spendParts = ["charged", "reserved", "unknown"] as const
export type SpendPart = (typeof spendParts)[number]

/**
 * What counts as spending, a row each with its `micros` and its `part`. A job is charged once Kling has billed it; a
 * synchronous call once it has its answer, for Kling bills none. A failed task may never be billed. The rest is reserved, and
 * so is what running pipelines still need for steps without a job. `counts` says whose, in both tables; `columns` are read too.
 */
export const countedRows = (
  database: LedgerDatabase["Service"],
  counts: Fragment,
  { from, to }: Days,
  columns: { readonly ofJob: Fragment; readonly ofPipeline: Fragment } = noColumns(database)
): Fragment => {
  const { sql } = database
  return sql`SELECT spent_micros AS micros, CASE
      WHEN charges <> '[]' OR answer IS NOT NULL THEN 'charged'
      WHEN state IN ('UNKNOWN', 'FAILED') THEN 'unknown'
      ELSE 'reserved' END AS part ${columns.ofJob}
    FROM klingkit_jobs WHERE spent_day BETWEEN ${from} AND ${to} AND ${counts}
    UNION ALL SELECT reserved_micros, 'reserved' ${columns.ofPipeline}
    FROM klingkit_pipelines WHERE reserved_day BETWEEN ${from} AND ${to} AND ${counts}`
}

/** What a scope counts, of jobs and of pipelines. */
export const ofScope = (
  database: LedgerDatabase["Service"],
  { principal, account, isShared = false }: SpendScope
): Fragment => {
  const { sql } = database
  return isShared ? sql`principal = ${principal}` : sql`(principal = ${principal} OR ${ofAccount(database, account)})`
}

const noColumns = ({ sql }: LedgerDatabase["Service"]) => ({ ofJob: sql.literal(""), ofPipeline: sql.literal("") })

/** The sums of the parts in USD, from millionths; each of them is exact. */
export const spendOf = (sums: Readonly<Record<SpendPart, number>>): Spend => ({
  chargedUsd: sums.charged / 1e6,
  reservedUsd: sums.reserved / 1e6,
  unknownUsd: sums.unknown / 1e6,
  usedUsd: (sums.charged + sums.reserved + sums.unknown) / 1e6
})

/** `2026-11-22`. */
export const dayText = (day: number): string => new Date(day * dayMillis).toISOString().slice(0, 10)

/** The sum of each part in millionths of a dollar. */
export const partSums = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  counts: Fragment,
  days: Days
): Effect.fn.Return<Readonly<Record<SpendPart, number>>, SqlError> {
  const { sql } = database
  const total = (part: SpendPart) =>
    sql`CAST(COALESCE(SUM(CASE WHEN part = ${part} THEN micros END), 0) AS BIGINT) AS ${sql(part)}`
  const [sums] = yield* sql`SELECT ${sql.csv(spendParts.map(total))}
    FROM (${countedRows(database, counts, days)}) AS counted`
  const sumOf = (part: SpendPart) => Number(sums?.[part])
  return { charged: sumOf("charged"), reserved: sumOf("reserved"), unknown: sumOf("unknown") }
})

/** What the requests of a day cost, or may still cost. */
export const daySpend = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  scope: SpendScope,
  day: number,
  { maxUsdPerDay }: BudgetLimits = {}
): Effect.fn.Return<DaySpend, SqlError> {
  const spend = spendOf(yield* partSums(database, ofScope(database, scope), { from: day, to: day }))
  return {
    day: dayText(day),
    ...spend,
    ...(maxUsdPerDay === undefined
      ? {}
      : { limitUsd: maxUsdPerDay, leftUsd: Math.max(0, micros(maxUsdPerDay) - micros(spend.usedUsd)) / 1e6 })
  }
})

/** A step of a pipeline is created: from now on its price counts by itself. Returns the pipeline's budget line. */
export const commitReservation = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  pipeline: string,
  quote: Quote
): Effect.fn.Return<BudgetLine | undefined, SqlError> {
  const { sql } = database
  const [row] = yield* sql`UPDATE klingkit_pipelines SET reserved_micros = CASE
    WHEN reserved_micros > ${reservedMicros(quote)} THEN reserved_micros - ${reservedMicros(quote)} ELSE 0 END
    WHERE handle = ${pipeline} RETURNING ${allLevelColumns(database)}`
  return row === undefined ? undefined : lineOfRow(row)
})

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
  const over = overBudget(
    quote,
    limits,
    yield* daySpend(database, { ...scope, isShared: limits.isShared }, day, limits)
  )
  if (over !== undefined) return yield* over
})

/** What a quote counts for until it is charged: its upper bound, zero where that is unknown. */
export const reservedMicros = (quote: Quote): number => micros(maxUsd(quote) ?? 0)

/** Why a quote exceeds the remaining budget; nothing when it fits. */
export const overBudget = (quote: Quote, limits: BudgetLimits, today: DaySpend): LedgerError | undefined => {
  const { maxUsdPerCall, maxUsdPerDay } = limits
  const quoted = quotedMoneyOf(quote)
  const price = reservedMicros(quote)
  const over = (limit: "call" | "day", limitUsd: number) =>
    ledgerError({ _tag: "OverBudget", limit, limitUsd, today, ...quoted })
  if (maxUsdPerCall !== undefined && price > micros(maxUsdPerCall)) return over("call", maxUsdPerCall)
  if (maxUsdPerDay === undefined) return undefined
  const left = micros(maxUsdPerDay) - micros(today.usedUsd)
  if (price > left || (quoted.quoteUsd === undefined && left <= 0)) return over("day", maxUsdPerDay)
  return undefined
}
