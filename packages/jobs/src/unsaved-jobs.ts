import { isFinished } from "@klingkit/core"
import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "./job.ts"
import { hasFile } from "./results/has-file.ts"
import type { JobFilter } from "./ledger/find-jobs.ts"
import type { JobRecord } from "./ledger/job-record.ts"
import type { JobState } from "./ledger/job-state.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { recordedJobs } from "./recorded-jobs.ts"
import { JobsSettings } from "./settings.ts"
import { Snapshots } from "./snapshots/snapshots.ts"

const atKling: ReadonlyArray<JobState> = ["ACCEPTED", "RUNNING"]
/** Whose results are not on this machine, or not yet. What is unknown or has failed has none. */
const unsavedStates: ReadonlyArray<JobState> = ["INTENT", "SENDING", "IN_DOUBT", ...atKling, "SUCCEEDED"]
const pageSize = 500

/**
 * The jobs that have results which are not saved, or will have them: newest first, a pipeline in place of its steps. Kling is
 * asked once, for all that run; what it has deleted by now is left out.
 */
export const unsavedJobs: Effect.Effect<
  ReadonlyArray<Job>,
  LedgerError,
  Ledger | JobsSettings | Snapshots
> = Effect.gen(function* () {
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const { principal } = yield* JobsSettings
  const since = (yield* Clock.currentTimeMillis) - resultRetentionMillis
  const recordsIn = (states: ReadonlyArray<JobState>): Stream.Stream<JobRecord, LedgerError> =>
    Stream.paginate({}, (after: Pick<JobFilter, "cursor">) =>
      Effect.map(
        ledger.list({ principal, states, since, limit: pageSize, ...after }),
        ({ jobs, nextCursor: cursor }) =>
          [jobs, cursor === undefined ? Option.none() : Option.some({ cursor })] as const
      )
    )
  const running = yield* Stream.runCollect(recordsIn(atKling))
  const handles = running.map(({ handle }) => handle)
  if (handles.length > 0) yield* snapshots.pollBatch(handles, running)
  const records = yield* Stream.runCollect(recordsIn(unsavedStates))
  const isUnsaved = (record: JobRecord) => record.state !== "SUCCEEDED" || record.outputs.some(hasFile)
  const unsaved = new Set(records.filter(isUnsaved).map(({ handle }) => handle))
  const pipelines = new Set([
    ...records.flatMap(({ pipeline }) => pipeline ?? []),
    // Between two steps none of them may be unsaved.
    ...(yield* ledger.pipelines.list({ principal, states: ["RUNNING"] })).map(({ handle }) => handle)
  ])
  const read = yield* Effect.forEach(pipelines, (handle) =>
    Effect.catchReason(recordedJobs([handle]), "LedgerError", "Quarantined", () => Effect.succeed([]))
  )
  const wholes = read
    .flat()
    .filter(
      ({ task, pipeline }) =>
        !isFinished(task) ||
        pipeline?.steps.some(({ handle = "", isResult }) => isResult && unsaved.has(handle)) === true
    )
  const singles = records.filter((record) => record.pipeline === undefined && unsaved.has(record.handle))
  return [...singles.map(jobOfRecord), ...wholes].toSorted((a, b) => (b.task.createdAt ?? 0) - (a.task.createdAt ?? 0))
})
