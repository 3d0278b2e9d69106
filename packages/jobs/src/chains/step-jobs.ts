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
import type { StepRunner } from "./run-chain.ts"

interface Means {
  readonly submitter: Submitter
  readonly follow: (handle: string) => Stream.Stream<Job, KlingError>
  /** Takes up what a program that has died left in the middle. */
  readonly recover: (ledger: Ledger["Service"]) => Effect.Effect<void, LedgerError>
}

/** A chain's steps as jobs like any other, approved as parts of the whole. */
export const stepJobs = (
  { submitter, follow, recover }: Means,
  ledger: Ledger["Service"]
): Pick<StepRunner, "begin" | "awaitChange"> => ({
  begin: (plan, { chain, step, key }) => {
    const partOf = { chain, step }
    // Results may come under new URLs: a step is the same by its place, not by its input.
    const options = { isApproved: true, idempotencyKey: key, sameAs: partOf, partOf }
    return plan.operation.kind === "create"
      ? submitJob(ledger, submitter, plan, options)
      : callJob(ledger, submitter, plan, options).pipe(Effect.catchReason("JobError", "Repeated", () => Effect.void))
  },
  awaitChange: (job) => Effect.raceFirst(untilEnded(ledger, follow, job), whileAwaited(recover(ledger)))
})

/** A job of a call has nothing that could be looked at: only its own program, or its successor, ends it. */
const untilEnded = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  follow: Means["follow"],
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
  // The look is written down by then; where another program still holds the row it comes a moment later.
  const now = yield* ledger.get(handle, principal)
  if (now.state === state && !isFinishedState(now.state)) yield* Effect.sleep("1 second")
})

/** A lease of a dead program runs out after a while: then its job is taken up. */
const whileAwaited = (recover: Effect.Effect<void, LedgerError>): Effect.Effect<never> =>
  Effect.sleep(leaseSeconds * 1000).pipe(Effect.andThen(Effect.forkDetach(Effect.ignore(recover))), Effect.forever)
