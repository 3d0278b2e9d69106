import { fillFieldNames } from "@klingkit/core/requests"
import { Budgets, reportCsv, reportJson } from "@klingkit/hosting"
import { type ReportGrouping, reportGroupings } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import { type Command, done, failed } from "./command.ts"

const formats = { csv: reportCsv, json: reportJson } as const

/** What was spent on the server's Kling account, and by whom. */
export const report: Command = {
  flags: ["since", "until", "by", "format"],
  read: (words, { since, until, by = "person", format = "csv" }) => {
    if (words.length > 0) return { refused: "report takes --since, --until, --by and --format only" }
    const grouping = reportGroupings.find((one) => one === by)
    if (grouping === undefined) return { refused: `--by must be ${reportGroupings.join(", ")}, not ${by}` }
    if (format !== "csv" && format !== "json") return { refused: `--format must be csv or json, not ${format}` }
    return Effect.provide(write({ since, until }, grouping, formats[format]), Budgets.layer)
  }
}

const write = (
  search: { readonly since: string | undefined; readonly until: string | undefined },
  by: ReportGrouping,
  textOf: typeof reportCsv
) =>
  Budgets.use((budgets) => budgets.report(search, by)).pipe(
    fillFieldNames((field) => `--${field}`),
    Effect.map((spend) => done(textOf(spend, by))),
    Effect.catchTag("KlingError", ({ message }) => Effect.succeed({ ...failed(message), exitCode: 2 }))
  )
