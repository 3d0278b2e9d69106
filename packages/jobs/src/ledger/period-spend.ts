import { Charge } from "@klingkit/core"
import { sumByKind } from "@klingkit/core/internal"
import { Effect, Option, Schema } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { countedRows, type Days, dayText, ofScope, spendOf, type SpendPart, type SpendScope } from "./budget.ts"
import { budgetLevels, hasLine, levelColumn } from "./budget-line.ts"
import type { LedgerDatabase } from "./database.ts"
import type { Spend } from "./day-spend.ts"

/** What spending can be grouped by. */
export const spendGroupings = ["day", "model", "operation"] as const
export type SpendGrouping = (typeof spendGroupings)[number]

/** What the report of all callers can be grouped by. */
export const reportGroupings = [...budgetLevels, "model", "day"] as const
export type ReportGrouping = (typeof reportGroupings)[number]

/** What some requests cost, or may still cost. */
export interface RequestsSpend extends Spend {
  /** How many requests; those that Kling refused, and those that were never sent, cost nothing and are left out. */
  readonly tasks: number
  /** What Kling has charged for them in its own units, and from the balance. Calls that answer at once have no bill. */
  readonly charges: ReadonlyArray<Charge>
}

export interface SpendGroup extends RequestsSpend {
  /** The day, model, operation, or whom it was paid for; absent where there is none, as of steps that pipelines have still to start. */
  readonly name?: string
}

/** What the requests of some days cost, or may still cost, counted as the limits per day count it. */
export interface PeriodSpend extends RequestsSpend {
  /** The first and the last day in UTC: `2026-11-22`. */
  readonly since: string
  readonly until: string
  /** Days in order, everything else by cost. */
  readonly groups?: ReadonlyArray<SpendGroup>
}

/** Rows that only differ in what they cost. */
interface Counted {
  readonly name: string
  readonly part: SpendPart
  /** What Kling has charged for each of them, as it is stored. */
  readonly charges: string
  readonly micros: number
  readonly rows: number
  readonly tasks: number
}

/** The spending of a period, by day, model or operation where that is asked for. */
export const periodSpend = (
  database: LedgerDatabase["Service"],
  scope: SpendScope,
  days: Days,
  by?: SpendGrouping
): Effect.Effect<PeriodSpend, SqlError> => groupedSpend(database, ofScope(database, scope), days, by)

/** The spending of everyone who has a budget line, whether or not there is a budget. */
export const reportSpend = (
  database: LedgerDatabase["Service"],
  days: Days,
  by: ReportGrouping
): Effect.Effect<PeriodSpend, SqlError> => groupedSpend(database, hasLine(database), days, by)

type Grouping = SpendGrouping | ReportGrouping

/** The text of a row that groups are named by, of jobs and of pipelines. */
const nameColumns = (database: LedgerDatabase["Service"], by: Grouping | undefined) => {
  const { sql } = database
  switch (by) {
    case "day":
      return { ofJob: sql`spent_day`, ofPipeline: sql`reserved_day` }
    case "model":
      return { ofJob: sql`model`, ofPipeline: sql`''` }
    case "operation":
      return { ofJob: sql`operation`, ofPipeline: sql`''` }
    case undefined:
      return { ofJob: sql`''`, ofPipeline: sql`''` }
    default: {
      const column = sql`COALESCE(${levelColumn(database, by)}, '')`
      return { ofJob: column, ofPipeline: column }
    }
  }
}

const groupedSpend = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  counts: Fragment,
  days: Days,
  by: Grouping | undefined
): Effect.fn.Return<PeriodSpend, SqlError> {
  const { sql } = database
  const { ofJob, ofPipeline } = nameColumns(database, by)
  const rows = yield* sql`SELECT name, part, charges, CAST(SUM(micros) AS BIGINT) AS micros,
      COUNT(*) AS row_count, SUM(is_task) AS tasks
    FROM (${countedRows(database, counts, days, {
      ofJob: sql`, CAST(${ofJob} AS TEXT) AS name, charges, CASE WHEN state = 'REFUSED' THEN 0 ELSE 1 END AS is_task`,
      ofPipeline: sql`, CAST(${ofPipeline} AS TEXT) AS name, '[]' AS charges, 0 AS is_task`
    })}) AS counted GROUP BY name, part, charges`
  const counted = rows.map(readCounted)
  return {
    since: dayText(days.from),
    until: dayText(days.to),
    ...sumOf(counted),
    ...(by === undefined ? {} : { groups: groupsOf(counted, by) })
  }
})

const readCounted = (row: Readonly<Record<string, unknown>>): Counted => ({
  name: String(row["name"]),
  part: row["part"] as SpendPart,
  charges: String(row["charges"]),
  micros: Number(row["micros"]),
  rows: Number(row["row_count"]),
  tasks: Number(row["tasks"])
})

const sumOf = (counted: ReadonlyArray<Counted>): RequestsSpend => {
  const sums = { charged: 0, reserved: 0, unknown: 0 }
  for (const { part, micros } of counted) sums[part] += micros
  return {
    ...spendOf(sums),
    tasks: counted.reduce((sum, { tasks }) => sum + tasks, 0),
    charges: sumByKind(counted.flatMap(chargesOf))
  }
}

const groupsOf = (counted: ReadonlyArray<Counted>, by: Grouping): ReadonlyArray<SpendGroup> => {
  const groups = [...Map.groupBy(counted, ({ name }) => name)].flatMap(([name, own]): ReadonlyArray<SpendGroup> => {
    const spend = sumOf(own)
    if (spend.tasks === 0 && spend.usedUsd === 0) return []
    return [{ ...(name === "" ? {} : { name: by === "day" ? dayText(Number(name)) : name }), ...spend }]
  })
  const nameOf = ({ name = "" }: SpendGroup) => name
  const byName = (a: SpendGroup, b: SpendGroup) => (nameOf(a) < nameOf(b) ? -1 : 1)
  return groups.toSorted((a, b) => (by === "day" ? 0 : b.usedUsd - a.usedUsd) || byName(a, b))
}

const decodeCharges = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(Charge)))

/** What these rows were charged. What cannot be read is left out here, and counts in USD all the same. */
const chargesOf = ({ charges, rows }: Counted): ReadonlyArray<Charge> =>
  Option.getOrElse(decodeCharges(charges), () => []).map((charge) => ({ ...charge, amount: charge.amount * rows }))
