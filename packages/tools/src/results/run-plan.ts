import { type Plan, type Quote, type Receipt, receiptOf } from "@klingkit/core"
import { isPipeline, type PipelinePlan, toPlan } from "@klingkit/core/requests"
import { type Job, type JobError, Jobs, JobsSettings, type RunOptions, type RunResult } from "@klingkit/jobs"
import { jobError } from "@klingkit/jobs/internal"
import { Effect } from "effect"
import type { PaidArguments } from "../inputs/paid-arguments.ts"
import type { Tool, ToolFailure } from "../tool.ts"
import { GrantedApproval, UserApprovalAvailable } from "../user-approval.ts"
import { approvalQuestion } from "./format-approval.ts"

/** A host gets its answer within this time. Kling usually confirms sooner; reconciling a lost answer continues in the background. */
const answerWithin = "1.5 seconds"

/**
 * How every tool spends: within the limits, once, and with the user's approval where one is needed: the question is asked
 * here, and answered by an interface or in a shell. The job of a call that duplicates another is read anew.
 */
export const runPlan = Effect.fnUntraced(function* (
  { title }: Pick<Tool, "title">,
  plan: Plan | PipelinePlan,
  { take, idempotency_key: idempotencyKey, allow_duplicate: allowDuplicate, confirm_token: token }: PaidArguments
): Effect.fn.Return<RunResult, ToolFailure, Jobs | JobsSettings> {
  const jobs = yield* Jobs
  const { limits } = yield* JobsSettings
  const hasTokens = limits.confirmTokens === true
  const options: RunOptions = {
    answerWithin,
    ...(take === undefined ? {} : { take }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(allowDuplicate === undefined ? {} : { allowDuplicate })
  }
  const run = (approval: string | undefined) =>
    jobs.run(plan, { ...options, ...(approval === undefined ? {} : { approval }) })
  const askOrRun = Effect.fnUntraced(function* (error: JobError) {
    if (error.reason._tag !== "NotApproved" || (hasTokens && !(yield* UserApprovalAvailable))) return yield* error
    const asked = isPipeline(plan) ? toPlan(plan) : plan
    const question = approvalQuestion(title, asked, asked.cheaper === undefined ? [] : yield* asked.cheaper)
    const { code, isGranted } = yield* jobs.askApproval(plan, question)
    return yield* isGranted ? run(code) : jobError({ ...error.reason, approvalCode: code })
  })
  const given = (yield* GrantedApproval) ?? (hasTokens ? token : undefined)
  const result = yield* run(given).pipe(Effect.catchTag("JobError", askOrRun))
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
