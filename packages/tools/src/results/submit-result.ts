import type { KlingError, Plan } from "@klingkit/core"
import { checkSpend, type JobError, Jobs, spendLimits } from "@klingkit/jobs"
import { Effect, Option, Ref } from "effect"
import * as z from "zod"
import type { ToolResult } from "../tool.ts"
import { factsOfQuote, quoteFacts, quoteLine } from "./quote-words.ts"

export const submitFacts = z.object({
  task_id: z.string().describe("Goes into every other tool"),
  kling_task_id: z.string().optional(),
  status: z.string(),
  model: z.string(),
  operation: z.string(),
  quote: quoteFacts,
  usual_seconds: z.number(),
  warnings: z.array(z.string()),
  next: z.string()
})

export type SubmitFacts = z.output<typeof submitFacts>

/** Hosts end a call after a minute; settling an ambiguous submission may take longer, and goes on without the caller. */
const answerWithin = "40 seconds"

/** The one way in which a tool spends: within the limits, and once. `opening` is the sentence for people. */
export const submitPlan = Effect.fnUntraced(function* (
  plan: Plan,
  opening: string
): Effect.fn.Return<ToolResult<SubmitFacts>, KlingError | JobError, Jobs> {
  const jobs = yield* Jobs
  // A model cannot approve its own spending: what needs an approval is refused here.
  yield* checkSpend(plan.quote, yield* spendLimits, false)
  const minted = yield* Ref.make("")
  const submitting = jobs.submit(plan, { onHandle: (handle) => Ref.set(minted, handle) })
  const submitted = yield* plan.operation.externalId === undefined
    ? // Only Kling's answer tells how to find such a task again.
      Effect.asSome(submitting)
    : Effect.timeoutOption(submitting, answerWithin)
  const taskId = Option.isSome(submitted) ? submitted.value.handle : yield* Ref.get(minted)
  const facts: SubmitFacts = {
    task_id: taskId,
    ...(Option.isSome(submitted) ? { kling_task_id: submitted.value.task.id } : {}),
    status: Option.isSome(submitted) ? submitted.value.task.status : "unknown",
    model: plan.model,
    operation: plan.operation.id,
    quote: factsOfQuote(plan.quote),
    usual_seconds: plan.operation.usualSeconds(plan.input),
    warnings: [...plan.warnings],
    next: Option.isSome(submitted)
      ? "Call wait_for_task with this task_id, again while it runs; then download_task."
      : "Do not submit again: look with wait_for_task and this task_id."
  }
  return {
    facts,
    lines: [
      Option.isSome(submitted)
        ? opening
        : "Kling has not confirmed the request yet; it is being settled, and charged at most once.",
      `Task ID: ${facts.task_id}`,
      ...(facts.kling_task_id === undefined ? [] : [`Kling's own id: ${facts.kling_task_id}`]),
      `Status: ${facts.status}`,
      `Model: ${facts.model} (${facts.operation})`,
      quoteLine(plan.quote),
      ...facts.warnings.map((warning) => `Warning: ${warning}`),
      `Usual time: about ${facts.usual_seconds} s`,
      `Next: ${facts.next}`
    ]
  }
})
