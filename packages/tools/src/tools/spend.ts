import { Jobs, JobsSettings, spendGroupings } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import { groupData, spendData, spendLines } from "../results/format-spend.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { defineTool } from "../tool.ts"

/** What was spent since when, by what, and what is left: from the ledger alone, as the limits count it. */
export const spend = defineTool({
  name: "spend",
  title: "Spend",
  description: "What was spent, and what is left of the limits. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: z.strictObject({
    since: z.string().optional().describe("today (default), 7d, this week, this month or a date; UTC"),
    until: z.string().optional(),
    by: z.enum(spendGroupings).optional()
  }),
  // Every value is a number or named by its key; the full schema would cost each conversation half a kilobyte.
  output: z.looseObject({ used_usd: z.number() }),
  run: Effect.fnUntraced(function* ({ since, until, by }) {
    const jobs = yield* Jobs
    const { limits } = yield* JobsSettings
    const report = yield* jobs.spend({ since, until, by })
    const groups = report.groups && truncateToBudget(report.groups, (group) => [groupData(group), groupData(group)])
    const left = (report.groups?.length ?? 0) - (groups?.length ?? 0)
    return {
      structured: { ...spendData(report, limits, groups), ...(left === 0 ? {} : { groups_not_shown: left }) },
      lines: [
        ...spendLines(report, limits, groups),
        ...(left === 0 ? [] : [`${left} more are not shown: ask for fewer days.`])
      ]
    }
  })
})
