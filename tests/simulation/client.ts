import { type KlingError, planVideo } from "@klingkit/core"
import { planVariants } from "@klingkit/core/requests"
import { type Job, type JobError, type LedgerError, startedJob } from "@klingkit/jobs"
import { Effect, Result } from "effect"
import type { InvariantChecker } from "./invariant-checker.ts"
import type { Processes } from "./processes.ts"
import type { Submission } from "./scenario.ts"
import type { RunningJobs } from "./simulated-process.ts"

/** One client: submits a request, possibly a duplicate, and records the response. */
export const submit = Effect.fnUntraced(function* (
  submission: Submission,
  processes: Processes,
  checker: InvariantChecker
) {
  yield* Effect.sleep(`${submission.atSeconds} seconds`)
  const { jobs, byItsClock } = yield* processes.jobsOf(submission.process)
  const plan = yield* planOf(submission)
  const made = new Set<string>()
  const refusedBefore = checker.refused
  const result = yield* jobs
    .run(plan, {
      onHandle: (handle) => Effect.sync(() => void made.add(handle)),
      isApproved: true,
      ...(submission.returnsEarly ? { answerWithin: "1.5 seconds" } : {}),
      ...keyOf(submission),
      ...takeOf(submission)
    })
    .pipe(Effect.flatMap(startedJob), Effect.result, byItsClock)
  const failed = (handle: string | undefined, error: KlingError | JobError | LedgerError) => {
    if (error.code === "LEDGER_OVER_BUDGET") checker.overBudget.add(submission.intent)
    else if (handle !== undefined && error.wasCharged === "no") {
      checker.reportedUncharged.push({ handle, code: error.code })
    }
  }
  if (Result.isFailure(result)) {
    const [handle] = made
    // Of several takes, each has an error of its own.
    return failed(made.size === 1 ? handle : undefined, result.failure)
  }
  const { takes = [{ handle: result.success.handle, job: result.success, error: undefined }] } = result.success
  for (const { handle, job, error } of takes) {
    if (refusedBefore.has(handle)) checker.recordAnsweredByRefused(handle)
    if (error !== undefined) failed(made.has(handle) ? handle : undefined, error)
    if (job === undefined) continue
    const isAccepted = record(job, checker)
    if (submission.readsStatus === true && isAccepted) yield* readStatus(jobs, handle, checker).pipe(byItsClock)
  }
})

const planOf = ({ intent, isUnfindable, take }: Submission) =>
  planVideo({ prompt: `intent ${intent}`, ...(isUnfindable === true ? { model: "kling-4.0" } : {}) }, "api-key").pipe(
    Effect.flatMap((plan) => planVariants(plan, { variants: take === "both" ? 2 : 1 }))
  )

/** Of several takes, the first has the key itself, and the second this one. */
const keyOf = ({ intent, isKeyed, take = 1 }: Submission) => {
  if (!isKeyed) return {}
  return { idempotencyKey: take === 1 || take === "both" ? `key ${intent}` : `key ${intent}#${take}` }
}

const takeOf = ({ take }: Submission) =>
  take === "next" ? { allowDuplicate: true } : typeof take === "number" ? { take } : {}

/** Returns whether Kling has accepted the job, as far as the client knows. */
const record = ({ handle, task, isDuplicate, record: row }: Job, checker: InvariantChecker): boolean => {
  const isNewAndAccepted = isDuplicate !== true && task.id !== handle
  if (task.id === handle && task.status === "submitted") checker.acknowledged.push(handle)
  else if (isNewAndAccepted) checker.reportedAccepted.push(handle)
  return row?.taskId !== undefined || isNewAndAccepted
}

const readStatus = Effect.fnUntraced(function* (jobs: RunningJobs["jobs"], handle: string, checker: InvariantChecker) {
  const status = yield* Effect.result(jobs.status(handle))
  if (Result.isFailure(status)) checker.recordNoStatus(handle, status.failure.code)
})
