import { type Plan, type Quote, type Receipt, receiptOf } from "@klingkit/core"
import type { PipelinePlan } from "@klingkit/core/requests"
import { type Job, Jobs, type RunOptions, type RunResult } from "@klingkit/jobs"
import { Effect } from "effect"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { ToolFailure } from "../tool.ts"

/** A host gets its answer within this time. Kling usually confirms sooner; reconciling a lost answer continues in the background. */
const answerWithin = "1.5 seconds"

/** How every tool spends: within the limits, and once. The job of a call that duplicates another is read anew. */
export const runPlan = Effect.fnUntraced(function* (
  plan: Plan | PipelinePlan,
  { take, idempotency_key: idempotencyKey, allow_duplicate: allowDuplicate, confirm_token: approval }: PaidArguments
): Effect.fn.Return<RunResult, ToolFailure, Jobs> {
  const jobs = yield* Jobs
  const options: RunOptions = {
    answerWithin,
    ...(take === undefined ? {} : { take }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(allowDuplicate === undefined ? {} : { allowDuplicate }),
    ...(approval === undefined ? {} : { approval })
  }
  const result = yield* jobs.run(plan, options)
  return result._tag === "Duplicate"
    ? { ...result, job: { ...result.job, ...(yield* jobs.status(result.job.handle)) } }
    : result
})

/** The outcome of a synchronous call: its answer, or the job of the call that it duplicates. */
export type CallResult = Exclude<RunResult, { readonly _tag: "Job" }>

/** Nothing was sent: the call was made before. */
export const isRepeated = (called: CallResult): boolean =>
  called._tag === "Duplicate" || called.job?.isDuplicate === true

/** What is said of a request that was made before; `what` is returned in place of another one. */
export const repeatedText = (what: string, { nextTake }: Pick<Job, "nextTake"> = {}): string =>
  `This request was made before: ${what}nothing was sent.${nextTake === undefined ? "" : ` To make another, set take: ${nextTake}.`}`

export const receiptOfCall = (quote: Quote, called: CallResult): Receipt =>
  called._tag === "Answer"
    ? called.receipt
    : receiptOf(quote, { status: "succeed", charges: called.job.task.charges ?? [] })
