import { chargeText, usdText } from "@klingkit/core/internal"
import { fillFieldNames } from "@klingkit/core/requests"
import { type DaySpend, Jobs, type RequestsSpend, spendGroupings, type SpendReport } from "@klingkit/jobs"
import { budgetLeftText, budgetText } from "@klingkit/jobs/internal"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { connection } from "../connection.ts"
import { Output } from "../output/output.ts"
import { type Column, table } from "../output/table.ts"

const days = (name: string, about: string) =>
  Flag.String(name).pipe(Flag.withMetavar("day"), Flag.withDescription(about), Flag.optional)

interface Row extends RequestsSpend {
  readonly name: string
}

const columnsFor = (title: string): ReadonlyArray<Column<Row>> => [
  { title, value: ({ name }) => name },
  { title: "used", value: ({ usedUsd }) => usdText(usedUsd) },
  { title: "charged", value: ({ chargedUsd }) => usdText(chargedUsd) },
  { title: "reserved", value: ({ reservedUsd }) => usdText(reservedUsd) },
  { title: "unknown", value: ({ unknownUsd }) => usdText(unknownUsd) },
  { title: "tasks", value: ({ tasks }) => String(tasks) },
  { title: "Kling's bill", value: ({ charges }) => charges.map((charge) => chargeText(charge, undefined)).join(", ") }
]

/** The groups, and below them all of them together. */
const rowsOf = ({ groups = [], since, until, ...whole }: SpendReport): ReadonlyArray<Row> => [
  ...groups.map(({ name = "other", ...group }) => ({ name, ...group })),
  { ...whole, name: groups.length > 0 ? "total" : since === until ? since : `${since} to ${until}` }
]

const limitText = ({ limitUsd, leftUsd }: DaySpend): string =>
  limitUsd === undefined || leftUsd === undefined
    ? "There is no limit per day."
    : `${usdText(leftUsd)} of the ${usdText(limitUsd)} per day are left until midnight UTC.`

export const usage = Command.make(
  "usage",
  {
    since: days("since", "first day, in UTC: today (default), yesterday, 7d, this-week, this-month or a date"),
    until: days("until", "last day; default today"),
    by: Flag.Literals("by", spendGroupings).pipe(Flag.withDescription("group the requests"), Flag.optional)
  },
  Effect.fnUntraced(function* (given) {
    const output = yield* Output
    const [since, until] = [given.since, given.until].map(Option.getOrUndefined)
    const by = Option.getOrUndefined(given.by)
    const report = yield* Jobs.use((jobs) => jobs.spend({ since, until, by })).pipe(
      fillFieldNames((field) => `--${field}`)
    )
    yield* output.say(limitText(report.today))
    for (const budget of report.budgets ?? []) yield* output.say(`${budgetText(budget)}, ${budgetLeftText(budget)}`)
    yield* output.answer({
      json: report,
      text: table(rowsOf(report), columnsFor(by ?? "period"), output.stdoutIsTerminal)
    })
  }, Effect.provide(connection))
).pipe(
  Command.withDescription("Show what was spent, as the limits count it: charged, reserved, unknown, and what is left"),
  Command.withExamples([
    { command: "klingkit usage --since this-week --by model" },
    { command: "klingkit usage --since 2026-09-01 --until 2026-09-30 --by day --json" }
  ])
)
