import { type Kling, type KlingError, mintHandle, type Plan } from "@klingkit/core"
import { Duration, Effect, Fiber, Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { NewJob, StepOfPipeline } from "../ledger/create-job.ts"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { mayBeSent } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { SpendLimits } from "../spend-limits.ts"
import { requireApproval } from "./approval.ts"
import type { ConcurrencyLimiter } from "./concurrency-limiter.ts"
import { slotDemandOf } from "./queue-key.ts"
import type { QueuePosition } from "./queue-position.ts"
import { withQueuePosition } from "./queued-job.ts"
import { leaseSeconds, sendJob } from "./send-job.ts"
import type { Sends } from "./sends.ts"

export interface SubmitJobOptions {
  /** Receives the handle once the request is persisted, before anything is sent. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
  /** All concurrency slots are in use: the request is queued. Runs again whenever its position changes. */
  readonly onQueued?: (position: QueuePosition) => Effect.Effect<void>
  /** Chosen by the caller: the same key always finds the same job. */
  readonly idempotencyKey?: string
  /** Submits another job even if an identical request was just submitted. */
  readonly allowDuplicate?: boolean
  /** The user has seen the price and approved it. */
  readonly isApproved?: boolean
  /** A token of `Jobs.approve`, in place of the user's approval. */
  readonly approval?: string
  /** What identifies the request instead of its input, such as the larger request that it is a part of. */
  readonly dedupeBy?: Readonly<Record<string, unknown>>
  /** The pipeline step that this job is. */
  readonly partOf?: StepOfPipeline
  /** Returns after this time even if Kling has not answered: the submission continues, and the handle finds the job. */
  readonly answerWithin?: Duration.Input
  /** @deprecated Use `answerWithin`. */
  readonly answerWithinSeconds?: number
  /** The folder for the results, which must have enough space; defaults to the output folder. */
  readonly folder?: string
}

export interface Submitter {
  readonly kling: Kling["Service"]
  readonly limiter: ConcurrencyLimiter
  readonly sends: Sends
  readonly owner: string
  readonly principal: string
  readonly limits: SpendLimits
}

/**
 * Submits a plan once: within the limits, persisted before it is sent, recognised as a duplicate. Interrupting the caller
 * does not interrupt the submission.
 */
export const submitJob = Effect.fn("Jobs.submit")(function* (
  ledger: Ledger["Service"],
  submitter: Submitter,
  plan: Plan,
  options: SubmitJobOptions = {}
): Effect.fn.Return<Job, KlingError | JobError | LedgerError> {
  const { kling, limiter, sends, owner } = submitter
  yield* requireApproval(ledger, submitter, plan.quote, options)
  const { operation, input } = plan
  const created = yield* ledger.createJob({
    ...newJobOf(submitter, plan, yield* mintHandle(operation.family)),
    lease: { owner, seconds: leaseSeconds },
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.allowDuplicate === undefined ? {} : { allowDuplicate: options.allowDuplicate }),
    ...(options.approval === undefined ? {} : { approval: options.approval }),
    ...(options.dedupeBy === undefined ? {} : { dedupeBy: options.dedupeBy }),
    ...(options.partOf === undefined ? {} : { partOf: options.partOf })
  })
  const record = created.job
  if (!created.isNew || record.lease === undefined) {
    return { ...(yield* returnPending(ledger, record)), plan, isDuplicate: true }
  }
  if (options.onHandle !== undefined) yield* options.onHandle(record.handle)
  const sending = yield* sends.fork((progress) =>
    sendJob({
      progress,
      ledger,
      kling,
      limiter,
      operation,
      input,
      record: record as JobRecord & { readonly lease: Lease },
      onQueued: options.onQueued ?? (() => Effect.void)
    })
  )
  const sent = yield* awaitAnswer(Fiber.join(sending), options)
  if (Option.isNone(sent)) return { ...(yield* returnPending(ledger, record)), plan }
  // A task whose operation takes no external id has Kling's id at Kling, and its handle here.
  return { handle: record.handle, task: sent.value.task, plan, record }
})

/** Acknowledges a job that is returned before its outcome is known: should this process die, the caller relies on it. */
const returnPending = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  record: JobRecord
): Effect.fn.Return<Job> {
  if (!mayBeSent(record.state)) return jobOfRecord(record)
  // If the acknowledgement cannot be persisted, an orphaned request is closed, uncharged, and its status says so.
  yield* Effect.ignore(ledger.markAcknowledged(record.handle))
  const latest = yield* Effect.orElseSucceed(ledger.get(record.handle, record.principal), () => record)
  return yield* withQueuePosition(ledger, latest)
})

/** What the ledger stores of a plan. */
export const newJobOf = ({ kling, principal, limits }: Submitter, plan: Plan, handle: string): NewJob => {
  const { operation, input, quote, model } = plan
  const prompt = input["prompt"] ?? input["text"]
  return {
    handle,
    principal,
    account: kling.account,
    operation: operation.id,
    family: operation.family,
    generation: operation.generation,
    model,
    input,
    quote,
    limits,
    ...slotDemandOf(plan),
    expectedSeconds: operation.expectedSeconds(input),
    ...(typeof prompt === "string" ? { prompt } : {})
  }
}

const awaitAnswer = <A, E>(sent: Effect.Effect<A, E>, options: SubmitJobOptions) => {
  const seconds = options.answerWithinSeconds
  const within = options.answerWithin ?? (seconds === undefined ? undefined : Duration.seconds(seconds))
  return within === undefined ? Effect.map(sent, Option.some) : Effect.timeoutOption(sent, within)
}
