import { type Charge, isFinished, untrustedText, usualSecondsOf } from "@klingkit/core"
import { type Job, Jobs } from "@klingkit/jobs"
import { Clock, Effect, Stream } from "effect"
import * as z from "zod"
import { taskId } from "../inputs/task-id.ts"
import { fitting } from "../results/fitting.ts"
import { factsOfQuote } from "../results/quote-words.ts"
import { taskResult } from "../results/task-result.ts"
import { defineTool } from "../tool.ts"

const usualCount = 8
const mostCount = 24
/** Characters. Whole prompts of many tasks would not fit a result. */
const promptInList = 200

/**
 * The poll of the board, hidden from models and therefore not in the catalog: one task by its id, or the newest ones.
 * Times are told as seconds passed, so that the page need not trust its own clock.
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
    limit: z.int().min(1).max(mostCount).optional()
  }),
  // Only the page reads it, which checks what it reads: the whole schema would cost the list of tools a kilobyte.
  output: z.object({ tasks: z.array(z.looseObject({ task_id: z.string(), status: z.string() })) }),
  run: Effect.fnUntraced(function* ({ task_id, limit = usualCount }) {
    const jobs = yield* Jobs
    const found =
      task_id === undefined
        ? yield* Stream.runCollect(Stream.take(jobs.list({ pageSize: limit }), limit))
        : [yield* jobs.status(task_id)]
    const now = yield* Clock.currentTimeMillis
    const longest = task_id === undefined ? promptInList : Infinity
    const tasks = fitting(
      found.map((job) => factsOf(job, now, longest)),
      (task) => task
    )
    return { facts: { tasks: [...tasks] }, lines: tasks.map((task) => `${task.task_id}: ${task.status}`) }
  })
})

/** What the board shows of a task beyond what a model reads: times to count by, charges to add up, what the ledger knows. */
const factsOf = (job: Job, now: number, longestPrompt: number) => {
  const { handle, task, record } = job
  const until = isFinished(task) ? task.updatedAt : now
  const usual = usualSecondsOf(handle)
  return {
    ...taskResult(job).facts,
    ...(record === undefined ? {} : ledgerFacts(record, longestPrompt)),
    ...(usual === undefined ? {} : { usual_seconds: usual }),
    ...(task.createdAt === undefined ? {} : { created_at: new Date(task.createdAt).toISOString() }),
    ...(task.createdAt === undefined || until === undefined
      ? {}
      : { elapsed_seconds: Math.max(0, Math.round((until - task.createdAt) / 1000)) }),
    charges: task.charges.map(chargeFacts)
  }
}

const ledgerFacts = ({ prompt, model, quote, files }: NonNullable<Job["record"]>, longestPrompt: number) => ({
  ...(prompt === undefined ? {} : { prompt: [...prompt].slice(0, longestPrompt).join("") }),
  model,
  quote: factsOfQuote(quote),
  files: files.map(({ path }) => ({ path }))
})

const chargeFacts = (charge: Charge) => {
  const of = charge.kind === "unit" ? charge.pack : charge.currency
  return { kind: charge.kind, amount: charge.amount, ...(of === undefined ? {} : { of: untrustedText(of, 60) }) }
}
