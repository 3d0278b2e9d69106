import { Kling, KlingError, type Submitted, type Task, type TaskOperation } from "@klingkit/core"
import { Effect } from "effect"
import type { QueuePosition } from "../job.ts"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import type { JobState } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { awaitOrphan } from "../orphans/await-orphan.ts"
import { type Orphans, unknownOutcome } from "../orphans/orphans.ts"
import { ConcurrencyLimiter } from "./concurrency-limiter.ts"
import { ProcessLeases } from "./process-leases.ts"
import type { SendProgress } from "./sends.ts"
import { JobsSettings } from "../settings.ts"

export interface JobToSend {
  readonly operation: TaskOperation
  readonly input: Readonly<Record<string, unknown>>
  readonly onQueued?: (position: QueuePosition) => Effect.Effect<void>
  /** Contains the lease by which this process holds the job. */
  readonly record: JobRecord & { readonly lease: Lease }
  /** It may have been sent before, too long ago to be sent again. */
  readonly isLookupOnly?: boolean
}

/**
 * Sends a job of this process and records the outcome. Each state is persisted before the step that it describes, so that
 * recovery after a crash knows what may have happened. If the job may have been sent before, its task is looked up first.
 */
export const sendJob = Effect.fn("Jobs.send")(function* (job: JobToSend, progress: SendProgress) {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const limiter = yield* ConcurrencyLimiter
  const leases = yield* ProcessLeases
  const { operation, record, onQueued = () => Effect.void, isLookupOnly = false } = job
  const input = yield* withCallbackUrl(job)
  const { handle, lease } = record
  const step: Step = (from, to, changes = {}) => ledger.transition(handle, from, to, { lease, ...changes })

  // The request of an earlier run may have arrived.
  if (record.state === "SENDING") yield* step(["SENDING"], "IN_DOUBT").pipe(Effect.mapError(journalFailed))
  const sent = kling
    .submit(operation, input, {
      externalTaskId: handle,
      earlierSends: isLookupOnly ? Infinity : record.sends,
      waitForSlot: false,
      journal: {
        sending: Effect.andThen(
          progress.sending,
          step(["INTENT", "IN_DOUBT"], "SENDING").pipe(Effect.mapError(journalFailed), Effect.asVoid)
        ),
        inDoubt: Effect.ignore(step(["SENDING"], "IN_DOUBT"))
      }
    })
    .pipe(
      // Refused because all slots are in use: no task can result from this request.
      Effect.tapError((error) =>
        error.reason._tag === "ConcurrencyLimit"
          ? Effect.andThen(Effect.ignore(step(["SENDING"], "INTENT")), progress.requeued)
          : Effect.void
      )
    )
  const outcome = limiter.send({ record, onQueued }, sent).pipe(
    Effect.tap(({ task }) => recordAccepted(step, ledger, handle, task)),
    Effect.catch((error) => recoverTask(step, job, error)),
    Effect.ensuring(Effect.ignore(ledger.release(handle, lease)))
  )
  return yield* Effect.raceFirst(outcome, leases.keep(handle))
})

/** Not part of what the request is, so it is not stored with it. */
const withCallbackUrl = Effect.fnUntraced(function* ({ operation, input, record }: JobToSend) {
  const { callbackUrl } = yield* JobsSettings
  const isWanted = callbackUrl !== undefined && "callbackUrl" in operation.params && input["callbackUrl"] === undefined
  return isWanted ? { ...input, callbackUrl: yield* callbackUrl(record.handle) } : input
})

type Step = (
  from: ReadonlyArray<JobState>,
  to: JobState,
  changes?: { readonly message?: string; readonly taskId?: string }
) => Effect.Effect<JobRecord, LedgerError>

// Kling has the task: even if the ledger fails now, the task's external id leads back to the row.
const recordAccepted = (step: Step, ledger: Ledger["Service"], handle: string, task: Task): Effect.Effect<void> =>
  step(["SENDING", "IN_DOUBT"], "ACCEPTED", { taskId: task.id }).pipe(
    // Another process has claimed the job meanwhile, and may have given it up: this answer is what it lacked.
    Effect.catchIf(
      ({ reason }) => reason._tag === "StateConflict" || reason._tag === "LeaseLost",
      () => ledger.adoptTask(handle, task.id)
    ),
    Effect.asVoid,
    // Another process has polled the task and persisted its state.
    Effect.catchReason("LedgerError", "StateConflict", () => Effect.void),
    Effect.catch((error) =>
      Effect.logWarning(`Kling has accepted ${handle}, but the ledger could not record it yet: ${error.message}`)
    )
  )

/** A lost answer of an operation that is not found by its external id: its task may be found in Kling's list instead. */
const recoverTask = Effect.fnUntraced(function* (
  step: Step,
  { operation, record }: JobToSend,
  error: KlingError
): Effect.fn.Return<Submitted, KlingError, Ledger | Orphans> {
  const { handle, principal, lease } = record
  const fail = (reported: KlingError) => Effect.flatMap(recordFailure(step, handle, reported), Effect.fail)
  if (!error.mayHaveExecuted || operation.findableByExternalId === "proven") return yield* fail(error)
  const ledger = yield* Ledger
  yield* Effect.ignore(step(["SENDING"], "IN_DOUBT"))
  const inDoubt = yield* Effect.orElseSucceed(ledger.get(handle, principal), () => record)
  if (inDoubt.state !== "IN_DOUBT" || inDoubt.lease?.fence !== lease.fence) return yield* fail(error)
  const settlement = yield* awaitOrphan(inDoubt, lease)
  if (settlement._tag === "Adopted") return { handle, task: settlement.task }
  return yield* fail(unknownOutcome({ ...record, message: detailOf(error) }, settlement))
})

/** Without the words that its error begins with, which the new one begins with too. */
const detailOf = (error: KlingError): string =>
  error.reason._tag === "SubmissionUnknown" ? error.reason.detail : error.message

/**
 * Records a failure and returns the error to report: a refusal is not final if another process has claimed the job, as it may
 * have sent it.
 */
const recordFailure = (step: Step, handle: string, error: KlingError): Effect.Effect<KlingError> => {
  const message = detailOf(error)
  if (!error.mayHaveExecuted) {
    return step(["INTENT", "SENDING"], "REFUSED", { message }).pipe(
      Effect.as(error),
      Effect.catch((failed) => Effect.succeed(claimedElsewhere(failed) ?? stillOpen(error, handle, failed) ?? error))
    )
  }
  return step(["SENDING"], "IN_DOUBT").pipe(
    Effect.ignore,
    Effect.andThen(step(["IN_DOUBT"], "UNKNOWN", { message })),
    Effect.ignore,
    Effect.as(error)
  )
}

/** Nothing is sent. */
const journalFailed = (error: LedgerError): KlingError =>
  claimedElsewhere(error) ?? new KlingError({ reason: { _tag: "JournalFailed", detail: error.message } })

/**
 * The error when nothing was sent, and a ledger that does not answer may yet record that it was: then its recovery looks the
 * task up, and sends the request.
 */
const stillOpen = (error: KlingError, handle: string, { reason, message }: LedgerError): KlingError | undefined =>
  error.reason._tag === "JournalFailed" && reason._tag === "NotResponding"
    ? new KlingError({
        reason: { _tag: "SubmissionUnknown", externalTaskId: handle, detail: message },
        billed: true
      })
    : undefined

/** The error when another process holds the job: it is unknown here whether that process has sent it. */
const claimedElsewhere = ({ reason, message }: LedgerError): KlingError | undefined =>
  reason._tag === "LeaseLost" || reason._tag === "StateConflict"
    ? new KlingError({
        reason: { _tag: "SubmissionUnknown", externalTaskId: reason.handle, detail: message },
        billed: true
      })
    : undefined
