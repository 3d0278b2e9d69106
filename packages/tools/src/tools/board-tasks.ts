import { isFinished, expectedSecondsOf } from "@klingkit/core"
import { type DaySpend, type Job, Jobs, promptOfJob, quoteOfJob } from "@klingkit/jobs"
import { Clock, Effect, Option, Stream } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { truncateToBudget } from "../results/truncate-to-budget.ts"
import { chargeData, partsData } from "../results/format-spend.ts"
import { structuredQuote } from "../results/format-quote.ts"
import { taskResult } from "../results/task-result.ts"
import { defineTool } from "../tool.ts"

const defaultCount = 8
const maxCount = 24
/** Characters. Full prompts of many tasks would not fit in a result. */
const promptInList = 200

/**
 * The board's poll, hidden from models and therefore not in the catalog: one task by id, or the newest ones. Times are
 * elapsed seconds, so that the page need not trust its own clock. With them comes the account of the day, which no sum over the
 * tasks on a page can replace: older tasks are not listed.
 */
export const boardTasks = defineTool({
  name: "board_tasks",
  title: "Tasks for the board",
  description: "For klingkit's own page, not for models. Free.",
  toolset: "core",
  charged: false,
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  input: z.strictObject({
    task_id: taskId.optional(),
    limit: z.int().min(1).max(maxCount).optional()
  }),
  // Only the page reads it, and validates it: the full schema would cost the tool list a kilobyte.
  output: z.object({
    tasks: z.array(z.looseObject({ task_id: z.string(), status: z.string() })),
    today: z.looseObject({}).optional()
  }),
  run: Effect.fnUntraced(function* ({ task_id, limit = defaultCount }) {
    const jobs = yield* Jobs
    const found =
      task_id === undefined
        ? yield* Stream.runCollect(Stream.take(jobs.wholes(jobs.list({ pageSize: limit })), limit))
        : [yield* jobs.status(task_id)]
    const now = yield* Clock.currentTimeMillis
    const longestPrompt = task_id === undefined ? promptInList : Infinity
    const tasks = truncateToBudget(
      found.map((job) => dataOf(job, now, longestPrompt)),
      (task) => task
    )
    // Tasks can be shown without a ledger.
    const today = Option.map(yield* Effect.option(jobs.spend()), todayData)
    return {
      structured: { tasks: [...tasks], ...(Option.isSome(today) ? { today: today.value } : {}) },
      lines: tasks.map((task) => `${task.task_id}: ${task.status}`)
    }
  })
})

/** What the board shows of a task beyond what a model reads: elapsed times, charges, and the ledger's record. */
const dataOf = (job: Job, now: number, longestPrompt: number) => {
  const { handle, task, record, pipeline } = job
  const prompt = promptOfJob(job)
  const quote = quoteOfJob(job)
  const files = record?.files ?? pipeline?.steps.flatMap(({ files = [] }) => files)
  const until = isFinished(task) ? task.updatedAt : now
  const expectedSeconds = expectedSecondsOf(handle)
  return {
    ...taskResult(job).structured,
    // Not sanitized: the user edits it.
    ...(prompt === undefined ? {} : { prompt: [...prompt].slice(0, longestPrompt).join("") }),
    ...(quote === undefined ? {} : { quote: structuredQuote(quote) }),
    ...(files === undefined ? {} : { files: files.map(({ path }) => ({ path })) }),
    ...(expectedSeconds === undefined ? {} : { usual_seconds: expectedSeconds }),
    ...(task.createdAt === undefined ? {} : { created_at: new Date(task.createdAt).toISOString() }),
    ...(task.createdAt === undefined || until === undefined
      ? {}
      : { elapsed_seconds: Math.max(0, Math.round((until - task.createdAt) / 1000)) }),
    charges: task.charges.map(chargeData)
  }
}

const todayData = ({ leftUsd, ...parts }: DaySpend) => ({
  ...partsData(parts),
  ...(leftUsd === undefined ? {} : { left_usd: leftUsd })
})
