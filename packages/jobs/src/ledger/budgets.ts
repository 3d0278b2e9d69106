import { maxUsd, type Quote } from "@klingkit/core"
import { Clock, Effect, Logger } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { dayOf, type Days, dayText, micros, partSums, spendOf } from "./budget.ts"
import { budgetLevels, type BudgetLevel, type BudgetLine, levelColumn } from "./budget-line.ts"
import { type Budget, budgetAlertText, type BudgetPeriod, budgetPeriods, type BudgetState } from "./budget-state.ts"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { quotedMoneyOf } from "./quoted-money.ts"
import { storable } from "./storable-text.ts"

type Database = LedgerDatabase["Service"]

/** The budgets of people, shared by all programs on one ledger. */
export interface BudgetRepository {
  /** Replaces the budget of this level, name and period. What is spent already counts. */
  set(budget: Budget): Effect.Effect<void, LedgerError>
  /** How many were removed; without a period, those of all periods. */
  remove(level: BudgetLevel, name: string, period?: BudgetPeriod): Effect.Effect<number, LedgerError>
  /** All of them, from the widest level. */
  readonly list: Effect.Effect<ReadonlyArray<BudgetState>, LedgerError>
  /** Those that a request of this line counts against. */
  of(line: BudgetLine): Effect.Effect<ReadonlyArray<BudgetState>, LedgerError>
}

/** A budget of which a new reservation has used most. */
export interface BudgetAlert {
  readonly state: BudgetState
  /** The first time in this period. */
  readonly isFirst: boolean
}

interface StoredBudget extends Omit<Budget, "limitUsd"> {
  readonly limitMicros: number
}

const setBudget = ({ sql }: Database, { level, name, period, limitUsd }: Budget) => {
  const row = { level, name: storable(name), period, limit_micros: micros(limitUsd) }
  return Effect.asVoid(sql`INSERT INTO klingkit_budgets ${sql.insert(row)}
    ON CONFLICT (level, name, period) DO UPDATE SET limit_micros = excluded.limit_micros, alerted_period = NULL`)
}

const removeBudget = Effect.fnUntraced(function* (
  { sql }: Database,
  level: BudgetLevel,
  name: string,
  period?: BudgetPeriod
): Effect.fn.Return<number, SqlError> {
  const inPeriod = period === undefined ? sql`1 = 1` : sql`period = ${period}`
  const removed = yield* sql`DELETE FROM klingkit_budgets
    WHERE level = ${level} AND name = ${storable(name)} AND ${inPeriod} RETURNING name`
  return removed.length
})

const listBudgets = (database: Database) =>
  Effect.flatMap(database.sql`SELECT * FROM klingkit_budgets`, (rows) => statesOf(database, readBudgets(rows)))

const budgetsOf = (database: Database, line: BudgetLine) =>
  Effect.flatMap(findBudgets(database, line), (budgets) => statesOf(database, budgets))

/** A quote that is about to be persisted, and for whom. */
export interface BudgetCheck {
  readonly line: BudgetLine
  readonly quote: Quote
  readonly day: number
}

/**
 * Refuses a quote that one of its budgets cannot hold; inside the transaction that persists the request, so that no other
 * request takes the same money. What a budget counts has an upper bound: a price that is unknown until charged is refused.
 * Returns the budgets of which it uses most.
 */
export const checkBudgets = Effect.fnUntraced(function* (
  database: Database,
  { line, quote, day }: BudgetCheck
): Effect.fn.Return<ReadonlyArray<BudgetAlert>, LedgerError | SqlError> {
  const quoteUsd = maxUsd(quote)
  if (quoteUsd === 0) return []
  const alerts: Array<BudgetAlert> = []
  for (const budget of (yield* findBudgets(database, line)).toReversed()) {
    const used = yield* usedMicros(database, budget, day)
    const after = quoteUsd === undefined ? undefined : used + micros(quoteUsd)
    if (after === undefined || after > budget.limitMicros) {
      return yield* ledgerError({
        _tag: "BudgetExceeded",
        budget: yield* stateOf(database, budget, day),
        ...quotedMoneyOf(quote)
      })
    }
    if (isMost(after, budget) && !isMost(used, budget)) alerts.push(yield* alertOf(database, budget, day, after - used))
  }
  return alerts
})

/** Why one of these budgets could not hold a quote; nothing when they can. */
export const overBudgets = (quote: Quote, states: ReadonlyArray<BudgetState>): LedgerError | undefined => {
  const quoteUsd = maxUsd(quote)
  if (quoteUsd === 0) return undefined
  const budget = states.findLast(
    ({ limitUsd, usedUsd }) => quoteUsd === undefined || micros(usedUsd) + micros(quoteUsd) > micros(limitUsd)
  )
  return budget === undefined
    ? undefined
    : ledgerError({ _tag: "BudgetExceeded", budget, ...quotedMoneyOf(quote) }, true)
}

/** One line for those who run the program, once per budget and period; never among the results on standard output. */
const logAlerts = (alerts: ReadonlyArray<BudgetAlert>) =>
  Effect.forEach(
    alerts.filter(({ isFirst }) => isFirst),
    ({ state }) => Effect.logWarning(budgetAlertText(state)),
    { discard: true }
  ).pipe(Effect.provideService(Logger.LogToStderr, true))

/** The same of what was persisted with alerts, once it is. */
export const logAlertsOf = ({ alerts = [] }: { readonly alerts?: ReadonlyArray<BudgetAlert> }) => logAlerts(alerts)

/** 80 %. */
const isMost = (used: number, { limitMicros }: StoredBudget): boolean => used * 5 >= limitMicros * 4

const alertOf = Effect.fnUntraced(function* (
  database: Database,
  budget: StoredBudget,
  day: number,
  added: number
): Effect.fn.Return<BudgetAlert, SqlError> {
  const { sql } = database
  const { level, name, period } = budget
  const current = periodStart(period, day)
  const marked = yield* sql`UPDATE klingkit_budgets SET alerted_period = ${current}
    WHERE level = ${level} AND name = ${name} AND period = ${period}
    AND (alerted_period IS NULL OR alerted_period <> ${current}) RETURNING name`
  // The new request is counted as reserved, which it is once this transaction ends.
  return { state: yield* stateOf(database, budget, day, added), isFirst: marked.length > 0 }
})

const findBudgets = Effect.fnUntraced(function* (
  { sql }: Database,
  line: BudgetLine
): Effect.fn.Return<ReadonlyArray<StoredBudget>, SqlError> {
  const mine = budgetLevels.flatMap((level) => {
    const name = line[level]
    return name === undefined ? [] : [sql`(level = ${level} AND name = ${storable(name)})`]
  })
  return mine.length === 0 ? [] : readBudgets(yield* sql`SELECT * FROM klingkit_budgets WHERE ${sql.or(mine)}`)
})

const rank = ({ level, period }: StoredBudget): number =>
  budgetLevels.indexOf(level) * budgetPeriods.length - budgetPeriods.indexOf(period)

/** From the widest to the narrowest. */
const readBudgets = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>): ReadonlyArray<StoredBudget> =>
  rows
    .map((row) => ({
      level: row["level"] as BudgetLevel,
      name: String(row["name"]),
      period: row["period"] as BudgetPeriod,
      limitMicros: Number(row["limit_micros"])
    }))
    .toSorted((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1))

/** What limits count of it, in millionths of a dollar; from an index alone, since every paid request waits for it. */
const usedMicros = Effect.fnUntraced(function* (
  database: Database,
  budget: StoredBudget,
  day: number
): Effect.fn.Return<number, SqlError> {
  const { sql } = database
  const { from, to } = daysOf(budget.period, day)
  const counts = ofBudget(database, budget)
  const [row] = yield* sql`SELECT CAST(COALESCE((SELECT SUM(spent_micros) FROM klingkit_jobs
      WHERE spent_day BETWEEN ${from} AND ${to} AND ${counts}), 0)
    + COALESCE((SELECT SUM(reserved_micros) FROM klingkit_pipelines
      WHERE reserved_day BETWEEN ${from} AND ${to} AND reserved_micros > 0 AND ${counts}), 0) AS BIGINT) AS used`
  return Number(row?.["used"])
})

const ofBudget = (database: Database, { level, name }: StoredBudget) =>
  database.sql`${levelColumn(database, level)} = ${name}`

const statesOf = Effect.fnUntraced(function* (database: Database, budgets: ReadonlyArray<StoredBudget>) {
  const day = dayOf(yield* Clock.currentTimeMillis)
  return yield* Effect.forEach(budgets, (budget) => stateOf(database, budget, day))
})

const stateOf = Effect.fnUntraced(function* (
  database: Database,
  budget: StoredBudget,
  day: number,
  added = 0
): Effect.fn.Return<BudgetState, SqlError> {
  const { limitMicros, ...named } = budget
  const sums = yield* partSums(database, ofBudget(database, budget), daysOf(budget.period, day))
  const spend = spendOf({ ...sums, reserved: sums.reserved + added })
  return {
    ...named,
    limitUsd: limitMicros / 1e6,
    ...spend,
    leftUsd: Math.max(0, limitMicros - micros(spend.usedUsd)) / 1e6,
    ...(budget.period === "total" ? {} : { resetsOn: dayText(daysOf(budget.period, day).to + 1) })
  }
})

/** Later than any day that a clock may say. */
const lastDay = 3_650_000

/** The days of the period that a day is in. */
const daysOf = (period: BudgetPeriod, day: number): Days => {
  if (period === "total") return { from: 0, to: lastDay }
  if (period === "day") return { from: day, to: day }
  const date = new Date(day * 86_400_000)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { from: dayOf(Date.UTC(year, month)), to: dayOf(Date.UTC(year, month + 1)) - 1 }
}

/** Names the period: its first day. */
const periodStart = (period: BudgetPeriod, day: number): string => dayText(daysOf(period, day).from)

export const budgetRepository = (database: LedgerDatabase["Service"]): BudgetRepository => {
  const work = database.guard(false)
  return {
    set: (budget) => work(setBudget(database, budget)),
    remove: (...budget) => work(removeBudget(database, ...budget)),
    list: work(listBudgets(database)),
    of: (line) => work(budgetsOf(database, line))
  }
}
