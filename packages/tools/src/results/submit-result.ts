import type { KlingError, Plan } from "@klingkit/core"
import { describePlace, type Job, type JobError, Jobs, type LedgerError } from "@klingkit/jobs"
import { Effect } from "effect"
import * as z from "zod"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolResult } from "../tool.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "./quote-words.ts"
import { sentSettings } from "./sent-settings.ts"

export const submitFacts = z.object({
  task_id: z.string(),
  kling_task_id: z.string().optional(),
  status: z.string(),
  model: z.string(),
  operation: z.string(),
  sent: z.string().optional(),
  quote: quoteFacts,
  usual_seconds: z.number(),
  repeated: z.boolean(),
  warnings: z.array(z.string()),
  next: z.string()
})

export type SubmitFacts = z.output<typeof submitFacts>

/**
 * What a host is promised of a call that starts a task. One that follows tasks gets the state of the ended task as this
 * call's result, so that only what both have is promised.
 */
export const startFacts = submitFacts.partial({
  model: true,
  operation: true,
  quote: true,
  usual_seconds: true,
  repeated: true,
  warnings: true
})

/** Within this time a host has its answer. Kling usually confirms sooner; settling a lost answer takes longer, and goes on. */
const answerWithinSeconds = 1.5

/** The one way in which a tool spends: within the limits, and once. `opening` is the sentence for people. */
export const submitPlan = Effect.fnUntraced(function* (
  plan: Plan,
  opening: string,
  { allow_repeat: allowRepeat = false, confirm_token: approval }: PaidArguments
): Effect.fn.Return<ToolResult<SubmitFacts>, KlingError | JobError | LedgerError, Jobs> {
  const jobs = yield* Jobs
  const job = yield* jobs.submit(plan, {
    answerWithinSeconds,
    allowRepeat,
    ...(approval === undefined ? {} : { approval })
  })
  return submitResult(plan, opening, job)
})

/** What is said of a task that has just started, or of the one that it repeats. */
export const submitResult = (plan: Plan, opening: string, job: Job): ToolResult<SubmitFacts> => {
  const { handle, task, chain, place, isRepeat = false } = job
  // Until Kling has confirmed it a task has no id but ours.
  const isConfirmed = task.id !== handle
  const isOpen = !isConfirmed && !isRepeat
  const standing = place === undefined ? "" : `It is ${describePlace(place)}. `
  const facts: SubmitFacts = {
    task_id: handle,
    ...(isConfirmed ? { kling_task_id: task.id } : {}),
    status: task.status,
    model: plan.model,
    operation: plan.operation.id,
    // The settings of a chain are those of its steps.
    ...(chain === undefined ? { sent: sentSettings(plan) } : {}),
    quote: factsOfQuote(plan.quote),
    usual_seconds: plan.operation.usualSeconds(plan.input),
    repeated: isRepeat,
    warnings: [...plan.warnings],
    next: `${standing}Call wait_for_task with this task_id, again while it runs; then download_task.`
  }
  return {
    job,
    facts,
    lines: [
      isRepeat
        ? "The same request was made a moment ago: this is its task, nothing was sent again. For another one set allow_repeat."
        : opening,
      ...(isOpen && chain === undefined
        ? ["Kling has not confirmed it yet; it is charged at most once. Do not submit again."]
        : []),
      ...(isOpen && chain !== undefined
        ? [`It takes ${chain.steps.length} steps, each charged at most once. Do not submit again.`]
        : []),
      `Task ID: ${facts.task_id}`,
      ...(facts.kling_task_id === undefined ? [] : [`Kling's own id: ${facts.kling_task_id}`]),
      `Status: ${facts.status}`,
      `Model: ${facts.model === "" ? "none" : facts.model} (${facts.operation})`,
      ...(facts.sent === undefined ? [] : [`Sent: ${facts.sent}`]),
      quoteLine(plan.quote),
      ...facts.warnings.map((warning) => `Warning: ${warning}`),
      `Usual time: about ${facts.usual_seconds} s`,
      `Next: ${facts.next}`
    ]
  }
}
