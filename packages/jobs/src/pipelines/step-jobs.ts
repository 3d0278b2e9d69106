import { findOperation, isFinished, type KlingError, type Plan } from "@klingkit/core"
import { fingerprintKey } from "@klingkit/core/requests"
import { Effect, Stream } from "effect"
import type { JobError } from "../job-error.ts"
import type { StepOfPipeline } from "../ledger/create-job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Polling } from "../polling/polling.ts"
import { Submission } from "../submit/submission.ts"

/** One attempt of a step: of all programs that make it, the ledger lets one send it. */
export interface StepAttempt {
  readonly partOf: StepOfPipeline
  /** The idempotency key of the attempt. */
  readonly key: string
}

/** Submits a step as an ordinary job that is approved as a part of the whole, unless another program has. */
export const submitStep = Effect.fnUntraced(function* (
  plan: Plan,
  { partOf, key }: StepAttempt
): Effect.fn.Return<void, KlingError | JobError | LedgerError, Submission> {
  const submission = yield* Submission
  const options = {
    isApproved: true,
    idempotencyKey: key,
    // The URLs of earlier results may change: a step is identified by its name, not by its input.
    dedupeBy: { [fingerprintKey]: partOf.pipeline, step: partOf.step },
    partOf
  }
  yield* plan.operation.kind === "create" ? submission.submit(plan, options) : submission.call(plan, options)
})

/**
 * Returns when the state of a running job may have changed. The job of a synchronous call cannot be polled: only the process
 * that runs it, or the one that recovers it, ends it.
 */
export const awaitChange = Effect.fnUntraced(function* (
  job: JobRecord
): Effect.fn.Return<void, KlingError | LedgerError, Ledger | Polling> {
  const ledger = yield* Ledger
  const polling = yield* Polling
  const { handle, principal, state } = job
  const isAtKling = state === "ACCEPTED" || state === "RUNNING"
  if (isAtKling && findOperation(job.operation)?.kind === "create") {
    yield* polling.follow(handle).pipe(
      Stream.filter(({ task }) => isFinished(task)),
      Stream.runDrain
    )
  }
  // The result of the poll is persisted by then, or shortly after if another process still holds the row.
  const now = yield* ledger.get(handle, principal)
  if (now.state === state && !isFinishedState(now.state)) yield* Effect.sleep("1 second")
})
