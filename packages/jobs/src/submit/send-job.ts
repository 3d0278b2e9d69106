import { type AnyOperation, type Kling, KlingError, type Task } from "@klingkit/core"
import { Effect, Schedule } from "effect"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import type { JobState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import type { QueuePlace } from "./queue-place.ts"
import type { SlotQueue } from "./slot-queue.ts"

/** How long a job belongs to a process that has gone silent. */
export const leaseSeconds = 30
const renewEverySeconds = 10

interface JobToSend {
  readonly ledger: Ledger["Service"]
  readonly kling: Kling["Service"]
  readonly operation: AnyOperation
  readonly input: Readonly<Record<string, unknown>>
  readonly queue: SlotQueue
  readonly onQueued: (place: QueuePlace) => Effect.Effect<void>
  /** Held by this process: its lease is in it. */
  readonly record: JobRecord & { readonly lease: Lease }
  /** It may have been sent before, and too long ago to be sent again. */
  readonly isLookedForOnly?: boolean
}

/**
 * Takes a job of this process to a settled end: each step is in the ledger before it is taken, so that whoever comes
 * after a crash knows what may have happened. What was sent before is looked for first.
 */
export const sendJob = Effect.fn("Jobs.send")(function* (job: JobToSend) {
  const { ledger, kling, operation, input, record, queue, onQueued, isLookedForOnly = false } = job
  const { handle, lease } = record
  const step: Step = (from, to, changes = {}) => ledger.transition(handle, from, to, { lease, ...changes })

  // A send of an earlier run may have arrived.
  if (record.state === "SENDING") yield* step(["SENDING"], "IN_DOUBT").pipe(Effect.mapError(notRecorded))
  const sent = kling
    .submit(operation, input, {
      externalTaskId: handle,
      earlierSends: isLookedForOnly ? Infinity : record.sends,
      waitForSlot: false,
      journal: {
        sending: step(["INTENT", "IN_DOUBT"], "SENDING").pipe(Effect.mapError(notRecorded), Effect.asVoid),
        inDoubt: Effect.ignore(step(["SENDING"], "IN_DOUBT"))
      }
    })
    .pipe(
      // Refused for want of a place: nothing has left that could come into being.
      Effect.tapError((error) =>
        error.reason._tag === "SlotsTaken" ? Effect.ignore(step(["SENDING"], "INTENT")) : Effect.void
      )
    )
  const settled = queue.send({ ledger, record, onQueued }, sent).pipe(
    Effect.tap(({ task }) => recordAccepted(step, handle, task)),
    Effect.catch((error) => Effect.flatMap(recordFailure(step, error), Effect.fail)),
    Effect.ensuring(Effect.ignore(ledger.release(handle, lease)))
  )
  return yield* Effect.raceFirst(settled, keepLease(ledger, handle, lease))
})

/** The job is this process's as long as it lives; losing the lease stops nothing that has left already. */
export const keepLease = (ledger: Ledger["Service"], handle: string, lease: Lease): Effect.Effect<never> =>
  Effect.ignore(ledger.renew(handle, lease, leaseSeconds)).pipe(
    Effect.repeat(Schedule.spaced(`${renewEverySeconds} seconds`)),
    Effect.andThen(Effect.never)
  )

type Step = (
  from: ReadonlyArray<JobState>,
  to: JobState,
  changes?: { readonly message?: string; readonly taskId?: string }
) => Effect.Effect<JobRecord, LedgerError>

// Kling has the task: whatever happens to the ledger now, the row is found again by its id.
const recordAccepted = (step: Step, handle: string, task: Task): Effect.Effect<void> =>
  step(["SENDING", "IN_DOUBT"], "ACCEPTED", { taskId: task.id }).pipe(
    Effect.asVoid,
    // Somebody has seen the task at Kling, and written down how far it is.
    Effect.catchReason("LedgerError", "StateConflict", () => Effect.void),
    Effect.catch((error) => Effect.logWarning(`not in the ledger yet: Kling has accepted ${handle}; ${error.message}`))
  )

/** What is to be told: a refusal settles nothing when another program has taken the job over, and may have sent it. */
const recordFailure = (step: Step, error: KlingError): Effect.Effect<KlingError> => {
  const { message } = error
  if (!error.mayHaveArrived) {
    return step(["INTENT", "SENDING"], "REFUSED", { message }).pipe(
      Effect.as(error),
      Effect.catch((failed) => Effect.succeed(takenOver(failed) ?? error))
    )
  }
  return step(["SENDING"], "IN_DOUBT").pipe(
    Effect.ignore,
    Effect.andThen(step(["IN_DOUBT"], "UNKNOWN", { message })),
    Effect.ignore,
    Effect.as(error)
  )
}

/** Nothing leaves from here. */
const notRecorded = (error: LedgerError): KlingError =>
  takenOver(error) ?? new KlingError({ reason: { _tag: "NotRecorded", detail: error.message } })

/** What to say when the job is in other hands: whether it was sent from there, nobody here knows. */
const takenOver = ({ reason, message }: LedgerError): KlingError | undefined =>
  reason._tag === "LeaseLost" || reason._tag === "StateConflict"
    ? new KlingError({
        reason: { _tag: "SubmissionUnknown", externalTaskId: reason.handle, detail: message },
        billed: true
      })
    : undefined
