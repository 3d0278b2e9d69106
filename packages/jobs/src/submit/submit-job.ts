import { mintHandle, type Plan, type TaskOperation } from "@klingkit/core"
import { byReference, effectiveInput, otherIdentity, planIdentity, wrongMethod } from "@klingkit/core/internal"
import { storeOperation } from "@klingkit/core/requests"
import { Duration, Effect, Fiber, Option, Struct } from "effect"
import { Account } from "../accounts/account.ts"
import { alertsOf, asDuplicate, type Job, jobOfRecord, type QueuePosition } from "../job.ts"
import type { JobError } from "../job-error.ts"
import type { CreateResult, NewJob, StepOfPipeline } from "../ledger/create-job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { mayBeSent } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { slotDemandOf } from "../queue/queue-key.ts"
import { Queues } from "../queue/queues.ts"
import { givenOrigin } from "../media-origins.ts"
import { dedupeWindowSeconds } from "../config.ts"
import { JobsSettings } from "../settings.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { ProcessLeases } from "./process-leases.ts"
import { sendJob } from "./send-job.ts"
import { Sends } from "./sends.ts"
import { SpendGate } from "./spend-gate.ts"

export interface SubmitJobOptions {
  /** Receives the handle once the request is persisted, before anything is sent. */
  readonly onHandle?: (handle: string) => Effect.Effect<void>
  /** All concurrency slots are in use: the request is queued. Runs again whenever its position changes. */
  readonly onQueued?: (position: QueuePosition) => Effect.Effect<void>
  /** Chosen by the caller: the same key always finds the same job. */
  readonly idempotencyKey?: string
  /** Which of several identical requests this is: 1 unless another one is wanted. */
  readonly take?: number
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

/**
 * Submits a plan once: within the limits, persisted before it is sent, recognised as a duplicate. Interrupting the caller
 * does not interrupt the submission.
 */
export const submitJob = Effect.fn("Jobs.submit")(function* (plan: Plan, options: SubmitJobOptions = {}) {
  const { operation } = plan
  if (operation.kind !== "create") return yield* wrongMethod(operation.id, "call")
  return yield* sendCreated(plan, operation, yield* createJob(plan, options), options)
})

/** Sends a job that this call has created; another one is returned as it is. */
export const sendCreated = Effect.fnUntraced(function* (
  plan: Plan,
  operation: TaskOperation,
  created: CreateResult,
  options: SubmitJobOptions
) {
  const sends = yield* Sends
  const { input } = plan
  const record = created.job
  const { lease } = record
  const alerts = alertsOf(created)
  if (!created.isNew || lease === undefined) {
    return { ...(yield* returnPending(record)), plan, ...asDuplicate(created) } satisfies Job
  }
  if (options.onHandle !== undefined) yield* options.onHandle(record.handle)
  const { onQueued } = options
  const job = { operation, input, record: { ...record, lease }, ...(onQueued === undefined ? {} : { onQueued }) }
  const sending = yield* sends.fork((progress) => sendJob(job, progress))
  const sent = yield* awaitAnswer(Fiber.join(sending), options)
  if (Option.isNone(sent)) return { ...(yield* returnPending(record)), plan, ...alerts } satisfies Job
  // A task whose operation takes no external id has Kling's id at Kling, and its handle here.
  return { handle: record.handle, task: sent.value.task, plan, record, ...alerts } satisfies Job
})

/** Acknowledges a job that is returned before its outcome is known: should this process die, the caller relies on it. */
const returnPending = Effect.fnUntraced(function* (record: JobRecord): Effect.fn.Return<Job, never, Ledger | Queues> {
  const ledger = yield* Ledger
  const queues = yield* Queues
  if (!mayBeSent(record.state)) return jobOfRecord(record)
  // If the acknowledgement cannot be persisted, an orphaned request is closed, uncharged, and its status says so.
  yield* Effect.ignore(ledger.markAcknowledged(record.handle))
  const latest = yield* Effect.orElseSucceed(ledger.get(record.handle, record.principal), () => record)
  return yield* queues.jobOf(latest)
})

/** Finds the job that a plan duplicates; or persists it as one of this process, if it is approved and within the limits. */
export const createJob = Effect.fnUntraced(function* (
  plan: Plan,
  options: SubmitJobOptions
): Effect.fn.Return<
  CreateResult,
  JobError | LedgerError,
  Account | Ledger | ProcessLeases | Snapshots | SpendGate | JobsSettings
> {
  const ledger = yield* Ledger
  const gate = yield* SpendGate
  const newJob = yield* newJobOf(plan, options)
  const create = gate.admit(plan.quote, options, (unapproved) => ledger.createJob({ ...newJob, ...unapproved }))
  const created = yield* create
  yield* Account.use(({ remember }) => remember)
  if (created.isNew || options.idempotencyKey !== undefined || !isRunning(created.job)) return created
  // It may have ended long ago while no process polled it, and then no longer answers for this request.
  yield* Snapshots.use((snapshots) => snapshots.pollBatch([created.job.handle]))
  return yield* create
})

const isRunning = ({ state }: JobRecord): boolean => state === "ACCEPTED" || state === "RUNNING"

/** What the ledger is to persist of a plan. */
export const newJobOf = Effect.fnUntraced(function* (
  plan: Plan,
  options: SubmitJobOptions
): Effect.fn.Return<NewJob, LedgerError, Account | ProcessLeases | JobsSettings> {
  const settings = yield* JobsSettings
  const { limits, principal, budgetLine } = settings
  const { operation, input, quote, model } = plan
  const prompt = input["prompt"] ?? input["text"]
  const other = otherIdentity(plan)
  return {
    ...Struct.pick(options, ["idempotencyKey", "take", "allowDuplicate", "approval", "dedupeBy", "partOf"]),
    dedupeWindowSeconds: dedupeWindowSeconds(settings),
    handle: yield* mintHandle(operation.family),
    principal,
    ...(budgetLine === undefined ? {} : { budgetLine }),
    account: yield* Account.use(({ current }) => current),
    operation: operation.id,
    family: operation.family,
    generation: operation.generation,
    model,
    input,
    identity: planIdentity(plan),
    ...(plan.references === undefined ? {} : { linkedIdentity: effectiveInput(operation, input) }),
    ...(other === undefined ? {} : { otherIdentity: other }),
    quote,
    limits,
    ...slotDemandOf(plan),
    expectedSeconds: operation.expectedSeconds(input),
    request: plan.request ?? storeOperation(operation, byReference(input, plan.references), givenOrigin),
    ...(typeof prompt === "string" ? { prompt } : {}),
    lease: yield* ProcessLeases.useSync(({ request }) => request)
  }
})

const awaitAnswer = <A, E>(sent: Effect.Effect<A, E>, options: SubmitJobOptions) => {
  const seconds = options.answerWithinSeconds
  const within = options.answerWithin ?? (seconds === undefined ? undefined : Duration.seconds(seconds))
  return within === undefined ? Effect.map(sent, Option.some) : Effect.timeoutOption(sent, within)
}
