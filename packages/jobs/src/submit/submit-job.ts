import { type Kling, type KlingError, mintHandle, type Plan } from "@klingkit/core"
import { Effect, Fiber, Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { Intent, StepOfChain } from "../ledger/begin-job.ts"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { mayBeSent } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { SpendLimits } from "../spend-limits.ts"
import { refuseUnapproved } from "./approval.ts"
import { laneOf } from "./lane-of.ts"
import { jobInLine, type QueuePlace } from "./queue-place.ts"
import { leaseSeconds, sendJob } from "./send-job.ts"
import type { SlotQueue } from "./slot-queue.ts"

export interface SubmitJobOptions {
  /** Gets the handle when the request is written down, before the first byte leaves. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
  /** All parallel places are taken: the request waits for one. Told again whenever its place changes. */
  readonly onQueued?: (place: QueuePlace) => Effect.Effect<void>
  /** Of the caller: the same key is the same job, always. */
  readonly idempotencyKey?: string
  /** The same request as a moment ago is meant to be made again. */
  readonly allowRepeat?: boolean
  /** A person has seen the price and said yes. */
  readonly isApproved?: boolean
  /** A token of `Jobs.approve`, in place of a person. */
  readonly approval?: string
  /** The wish that this step of several belongs to: what makes it a repeat in place of its input. */
  readonly sameAs?: Readonly<Record<string, unknown>>
  /** The chain whose step it is. */
  readonly partOf?: StepOfChain
  /** Answer after so many seconds even if Kling has not: the job goes on, and its handle finds it. */
  readonly answerWithinSeconds?: number
  /** Where its files are to go, which must have room for them; the output folder when absent. */
  readonly folder?: string
}

export interface Submitter {
  readonly kling: Kling["Service"]
  readonly queue: SlotQueue
  readonly owner: string
  readonly principal: string
  readonly limits: SpendLimits
}

/**
 * Submits a plan once: within the limits, written down before it is sent, recognised when it is a repeat. Whoever waits
 * may be cut off; the request goes on to a settled end.
 */
export const submitJob = Effect.fn("Jobs.submit")(function* (
  ledger: Ledger["Service"],
  submitter: Submitter,
  plan: Plan,
  options: SubmitJobOptions = {}
): Effect.fn.Return<Job, KlingError | JobError | LedgerError> {
  const { kling, queue, owner } = submitter
  yield* refuseUnapproved(ledger, submitter, plan.quote, options)
  const { operation, input } = plan
  const begun = yield* ledger.begin({
    ...intentOf(submitter, plan, yield* mintHandle(operation.family)),
    lease: { owner, seconds: leaseSeconds },
    ...(options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey }),
    ...(options.allowRepeat === undefined ? {} : { allowRepeat: options.allowRepeat }),
    ...(options.approval === undefined ? {} : { approval: options.approval }),
    ...(options.sameAs === undefined ? {} : { sameAs: options.sameAs }),
    ...(options.partOf === undefined ? {} : { partOf: options.partOf })
  })
  const record = begun.job
  if (!begun.isNew || record.lease === undefined) {
    return { ...(yield* goesOn(ledger, record)), plan, isRepeat: true }
  }
  if (options.onHandle !== undefined) yield* options.onHandle(record.handle)
  const sending = yield* Effect.forkDetach(
    sendJob({
      ledger,
      kling,
      queue,
      operation,
      input,
      record: record as JobRecord & { readonly lease: Lease },
      onQueued: options.onQueued ?? (() => Effect.void)
    })
  )
  const sent = yield* answerOf(Fiber.join(sending), options.answerWithinSeconds)
  if (Option.isNone(sent)) return { ...(yield* goesOn(ledger, record)), plan }
  // An operation without an id of ours is known by Kling's at Kling, and by its handle here.
  return { handle: record.handle, task: sent.value.task, plan, record }
})

/** A job whose handle is given away before it is settled: from now on somebody counts on it, should this program die. */
const goesOn = Effect.fnUntraced(function* (ledger: Ledger["Service"], record: JobRecord): Effect.fn.Return<Job> {
  if (!mayBeSent(record.state)) return jobOfRecord(record)
  // A promise that is not written down is none: then the request is closed, uncharged, and says so.
  yield* Effect.ignore(ledger.markPromised(record.handle))
  const latest = yield* Effect.orElseSucceed(ledger.get(record.handle, record.principal), () => record)
  return yield* jobInLine(ledger, latest)
})

/** What the ledger keeps of a plan. */
export const intentOf = ({ kling, principal, limits }: Submitter, plan: Plan, handle: string): Intent => {
  const { operation, input, quote, model } = plan
  const words = input["prompt"] ?? input["text"]
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
    ...laneOf(plan),
    usualSeconds: operation.usualSeconds(input),
    ...(typeof words === "string" ? { prompt: words } : {})
  }
}

const answerOf = <A, E>(sent: Effect.Effect<A, E>, withinSeconds: number | undefined) =>
  withinSeconds === undefined ? Effect.map(sent, Option.some) : Effect.timeoutOption(sent, withinSeconds * 1000)
