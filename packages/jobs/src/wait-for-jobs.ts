import { isFinished, type KlingError } from "@klingkit/core"
import { Clock, Duration, Effect, Option, Ref, Result, Stream } from "effect"
import type { Job } from "./job.ts"
import type { JobError } from "./job-error.ts"
import { Jobs } from "./jobs.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { notFinished } from "./not-finished.ts"

export interface WaitForJobsOptions {
  /** For all of them together. */
  readonly timeoutSeconds: number
  /** Ends the wait before its time. */
  readonly until?: Effect.Effect<void>
  /** Called with each job at every poll. */
  readonly onPoll?: (job: Job) => Effect.Effect<void>
}

/** One of several ids: its job at the end of the wait, or why it could not be read. */
export interface AwaitedJob {
  readonly id: string
  readonly result: Result.Result<Job, KlingError | JobError | LedgerError>
}

/** For a last read, where nothing was shown until then; the shortest timeouts are extended to it. */
const lastReadSeconds = 5

/**
 * Waits for several jobs at once, each task or pipeline by any of its ids, until all have ended or the time is up. They share
 * their polls, and an id that leads to no job spoils nothing for the others. What has ended comes first, in the order of its
 * end; ids of the same job are one.
 */
export const waitForJobs = Effect.fn("Jobs.waitForJobs")(function* (
  ids: ReadonlyArray<string>,
  options: WaitForJobsOptions
): Effect.fn.Return<ReadonlyArray<AwaitedJob>, never, Jobs> {
  const startedAt = yield* Clock.currentTimeMillis
  const awaited = yield* Effect.forEach(
    new Set(ids),
    (id) => Effect.map(Effect.result(waitUntil(id, startedAt, options)), (result): AwaitedJob => ({ id, result })),
    { concurrency: "unbounded" }
  )
  return oncePerJob(awaited.toSorted((a, b) => endOf(a) - endOf(b)))
})

/** When its job has ended; what has not stays in the order that was asked for. */
const endOf = ({ result }: AwaitedJob): number =>
  Result.isSuccess(result) && isFinished(result.success.task) ? (result.success.task.updatedAt ?? 0) : Number.MAX_VALUE

/** A handle and Kling's own id may both be given. */
export const oncePerJob = <One extends { readonly result: Result.Result<Pick<Job, "handle">, unknown> }>(
  all: ReadonlyArray<One>
): ReadonlyArray<One> => {
  const seen = new Set<string>()
  return all.filter(({ result }) => {
    if (Result.isFailure(result)) return true
    const isNew = !seen.has(result.success.handle)
    seen.add(result.success.handle)
    return isNew
  })
}

/** The same for one: fails if it could not be read. */
export const waitForJob = (id: string, options: WaitForJobsOptions) =>
  Effect.flatMap(Clock.currentTimeMillis, (startedAt) => waitUntil(id, startedAt, options))

const waitUntil = Effect.fnUntraced(function* (
  id: string,
  startedAt: number,
  { timeoutSeconds, until = Effect.never, onPoll = () => Effect.void }: WaitForJobsOptions
): Effect.fn.Return<Job, KlingError | JobError | LedgerError, Jobs> {
  const jobs = yield* Jobs
  const timeLeft = (seconds: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, startedAt + seconds * 1000 - now)))
  const latest = yield* Ref.make(Option.none<Job>())
  const following = jobs
    .follow(id)
    .pipe(Stream.runForEach((job) => Effect.andThen(Ref.set(latest, Option.some(job)), onPoll(job))))
  const silent = Effect.delay(
    Effect.flatMap(Ref.get(latest), Option.match({ onNone: () => Effect.void, onSome: () => Effect.never })),
    Duration.seconds(timeoutSeconds - Math.min(lastReadSeconds, timeoutSeconds / 2))
  )
  yield* Effect.raceAllFirst([following, silent, until]).pipe(Effect.timeoutOption(yield* timeLeft(timeoutSeconds)))
  const last = yield* Ref.get(latest)
  if (Option.isSome(last)) return last.value
  // Polls of tasks that the ledger does not have are skipped when they fail; a last status read reports why none succeeded.
  return yield* jobs.status(id).pipe(
    Effect.timeoutOrElse({
      duration: yield* timeLeft(Math.max(timeoutSeconds, lastReadSeconds)),
      orElse: () => notFinished(id, undefined)
    })
  )
})
