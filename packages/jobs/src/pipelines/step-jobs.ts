import { findOperation, isFinished, type KlingError } from "@klingkit/core"
import { Effect, Stream } from "effect"
import type { Job } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { callJob } from "../submit/call-job.ts"
import { leaseSeconds } from "../submit/send-job.ts"
import { type Submitter, submitJob } from "../submit/submit-job.ts"
import { fingerprintKey } from "@klingkit/core/requests"
import type { StepRunner } from "./run-pipeline.ts"

interface Dependencies {
  readonly submitter: Submitter
  readonly follow: (handle: string) => Stream.Stream<Job, KlingError>
  /** Recovers in the background what dead processes have orphaned. */
  readonly recover: (ledger: Ledger["Service"]) => Effect.Effect<unknown>
}

/** The steps of a pipeline as ordinary jobs, approved as parts of the whole. */
export const stepJobs = (
  { submitter, follow, recover }: Dependencies,
  ledger: Ledger["Service"]
): Pick<StepRunner, "submit" | "awaitChange"> => ({
  submit: (plan, { pipeline, step, key }) => {
    const options = {
      isApproved: true,
      idempotencyKey: key,
      // The URLs of earlier results may change: a step is identified by its name, not by its input.
      dedupeBy: { [fingerprintKey]: pipeline, step },
      partOf: { pipeline, step }
    }
    return plan.operation.kind === "create"
      ? submitJob(ledger, submitter, plan, options)
      : callJob(ledger, submitter, plan, options).pipe(Effect.catchReason("JobError", "Duplicate", () => Effect.void))
  },
  awaitChange: (job) => Effect.raceFirst(untilEnded(ledger, follow, job), recoverPeriodically(recover(ledger)))
})

/** The job of a synchronous call cannot be polled: only the process that runs it, or the one that recovers it, ends it. */
const untilEnded = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  follow: Dependencies["follow"],
  job: JobRecord
): Effect.fn.Return<void, KlingError | LedgerError> {
  const { handle, principal, state } = job
  const isAtKling = state === "ACCEPTED" || state === "RUNNING"
  if (isAtKling && findOperation(job.operation)?.kind === "create") {
    yield* follow(handle).pipe(
      Stream.filter(({ task }) => isFinished(task)),
      Stream.runDrain
    )
  }
  // The result of the poll is persisted by then, or shortly after if another process still holds the row.
  const now = yield* ledger.get(handle, principal)
  if (now.state === state && !isFinishedState(now.state)) yield* Effect.sleep("1 second")
})

/** The lease of a dead process expires; then its job can be recovered. */
const recoverPeriodically = (recover: Effect.Effect<unknown>): Effect.Effect<never> =>
  Effect.sleep(leaseSeconds * 1000).pipe(Effect.andThen(recover), Effect.forever)
