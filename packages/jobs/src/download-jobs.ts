import type { KlingError } from "@klingkit/core"
import { Clock, Duration, Effect, Result } from "effect"
import type { SavedResult } from "./downloads.ts"
import type { Job } from "./job.ts"
import type { JobError } from "./job-error.ts"
import { Jobs } from "./jobs.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { DownloadOptions } from "./results/download-job.ts"
import { oncePerJob } from "./wait-for-jobs.ts"

export interface DownloadJobsOptions extends Pick<
  DownloadOptions,
  "folder" | "nameTemplate" | "overwrite" | "onProgress"
> {
  /** For all of them together; what is not saved by then is continued by the next download. */
  readonly timeout?: Duration.Input
}

type Failure = KlingError | JobError | LedgerError

/** One of several ids: its job, or why that could not be read; and its files, or why they could not be saved. */
export interface DownloadedJob {
  readonly id: string
  readonly result: Result.Result<Job, Failure>
  readonly files: Result.Result<ReadonlyArray<SavedResult>, Failure>
}

/** Downloads at once: more would share one line. */
const concurrency = 3

/**
 * Saves the results of several jobs, each under its own name. What fails for one is its result, and the others are saved.
 * The jobs have the links by which their files were fetched.
 */
export const downloadJobs = Effect.fn("Jobs.downloadJobs")(function* (
  ids: ReadonlyArray<string>,
  { timeout = Duration.infinity, ...options }: DownloadJobsOptions = {}
): Effect.fn.Return<ReadonlyArray<DownloadedJob>, never, Jobs> {
  const jobs = yield* Jobs
  const startedAt = yield* Clock.currentTimeMillis
  const within = Duration.fromInputUnsafe(timeout)
  const read = yield* Effect.forEach(
    new Set(ids),
    (id) => Effect.map(Effect.result(jobs.status(id)), (result) => ({ id, result })),
    { concurrency: "unbounded" }
  )
  return yield* Effect.forEach(
    oncePerJob(read),
    Effect.fnUntraced(function* ({ id, result }): Effect.fn.Return<DownloadedJob, never, Jobs> {
      if (Result.isFailure(result)) return { id, result, files: Result.fail(result.failure) }
      const elapsed = Duration.millis((yield* Clock.currentTimeMillis) - startedAt)
      const timeLeft = Duration.subtract(within, elapsed)
      const job = result.success
      const files = yield* Effect.result(jobs.download(job, { ...options, timeout: timeLeft }))
      return { id, result: Result.succeed(yield* withLatestLinks(job)), files }
    }),
    { concurrency }
  )
})

/** The job with the links that the ledger has by now: a download replaces dead ones. */
export const withLatestLinks = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Job, never, Jobs> {
  const jobs = yield* Jobs
  const [latest] = yield* Effect.orElseSucceed(jobs.recorded([job.handle]), () => [])
  return latest === undefined ? job : { ...job, ...latest, task: { ...job.task, outputs: latest.task.outputs } }
})
