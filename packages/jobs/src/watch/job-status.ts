import { type AnyOperation, findOperation, isFinished, KlingError, type Task } from "@klingkit/core"
import { Clock, Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { nextLookAt } from "./look-times.ts"
import { observe } from "./observe.ts"

interface Watching {
  /** Nothing when the ledger cannot be read: looking at a task needs none. */
  readonly ledger: Effect.Effect<Option.Option<Ledger["Service"]>>
  readonly look: (id: string) => Effect.Effect<Task, KlingError>
  readonly principal: string
  readonly onEnded: Effect.Effect<void>
}

/** How a job stands now. What has ended is known from the ledger; everything else is looked up at Kling. */
export const jobStatus = Effect.fn("Jobs.status")(function* (
  watching: Watching,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const { look, principal } = watching
  const ledger = yield* watching.ledger
  const record = Option.isNone(ledger)
    ? Option.none<JobRecord>()
    : yield* Effect.option(ledger.value.get(id, principal))
  if (Option.isNone(ledger) || Option.isNone(record)) return { handle: id, task: yield* look(id) }
  const known = record.value
  if (isFinishedState(known.state)) return jobOfRecord(known)
  const seen = yield* Effect.result(look(idAtKling(known)))
  if (seen._tag === "Success") {
    yield* observe(ledger.value, known, seen.success)
    if (isFinished(seen.success)) yield* watching.onEnded
    const fresh = yield* Effect.orElseSucceed(ledger.value.get(known.handle, principal), () => known)
    return { handle: known.handle, task: seen.success, record: fresh }
  }
  return yield* unseen(known, seen.failure)
})

/** Kling does not show the task: it may not have it yet, or nobody knows whether it has it. */
const unseen = (record: JobRecord, error: KlingError): Effect.Effect<Job, KlingError> => {
  if (error.reason._tag !== "TaskNotFound") return Effect.fail(error)
  switch (record.state) {
    case "INTENT":
    case "SENDING":
    case "IN_DOUBT":
      return Effect.succeed(jobOfRecord(record))
    case "UNKNOWN":
      return Effect.fail(
        new KlingError({
          reason: {
            _tag: "SubmissionUnknown",
            externalTaskId: record.handle,
            detail: record.message ?? "its answer was lost"
          },
          operation: record.operation,
          billed: true
        })
      )
    default:
      return Effect.fail(error)
  }
}

/** The handle, where Kling stores it with the task; else Kling's own id. */
const idAtKling = (record: JobRecord): string =>
  findOperation(record.operation)?.externalId === undefined ? (record.taskId ?? record.handle) : record.handle

/** The job at every look until it has ended. All who wait, for this job or others, look together. */
export const followJob = (
  watching: Watching,
  id: string,
  operation: AnyOperation | undefined
): Stream.Stream<Job, KlingError> =>
  Stream.paginate(Option.none<Job>(), (last) =>
    Effect.gen(function* () {
      if (Option.isSome(last)) yield* pauseAfter(last.value, operation)
      const seen = yield* jobStatus(watching, id).pipe(
        Effect.map(Option.some),
        // The task goes on whether or not it can be seen: only what will never pass ends the wait.
        Effect.catch((error) => (error.isRetryable ? Effect.succeed(Option.none<Job>()) : Effect.fail(error)))
      )
      const job = Option.orElse(seen, () => last)
      const ended = Option.isSome(seen) && isFinished(seen.value.task)
      const next = ended ? Option.none<Option.Option<Job>>() : Option.some(job)
      return [Option.toArray(seen), next] as const
    })
  )

/** Before Kling has accepted a job only the ledger changes, and that is quick to read. */
const pauseAfter = Effect.fnUntraced(function* (job: Job, operation: AnyOperation | undefined) {
  const now = yield* Clock.currentTimeMillis
  const { record } = job
  const isWaiting = record !== undefined && ["INTENT", "SENDING", "IN_DOUBT"].includes(record.state)
  const known = operation ?? (record === undefined ? undefined : findOperation(record.operation))
  const usualSeconds = known?.usualSeconds(known.example) ?? 60
  const at = isWaiting ? now + 1000 : nextLookAt(job.task.createdAt ?? now, usualSeconds, now)
  yield* Effect.sleep(at - now)
})
