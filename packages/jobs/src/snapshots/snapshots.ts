import { findOperation, isFinished, Kling, type KlingError, type Task } from "@klingkit/core"
import { Clock, Context, Effect, Exit, Layer } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { isRecheckDue } from "../ledger/missing-results.ts"
import { Ledger } from "../ledger/ledger.ts"
import { Orphans, Settlement, unknownOutcome } from "../orphans/orphans.ts"
import { Queues } from "../queue/queues.ts"
import { JobsSettings } from "../settings.ts"
import { applyTaskUpdate } from "./apply-task-update.ts"
import { makeTaskReader } from "./task-reader.ts"
import { notVisible } from "./not-visible.ts"
import { unrecordedTask } from "./unrecorded-task.ts"

/** What a poll or a callback returns about a task, applied to its job. */
export class Snapshots extends Context.Service<
  Snapshots,
  {
    /** Reads a task that the ledger does not have. Concurrent callers share a request, also for different tasks. */
    readTask(id: string): Effect.Effect<Task, KlingError>
    /** Polls a job now; the result is persisted before it is returned. */
    poll(record: JobRecord): Effect.Effect<Job, KlingError>
    /**
     * Polls those of the jobs that no process has just polled; returns the snapshot of each. Without a working ledger none
     * can be claimed, and the tasks of `fallback` are read.
     */
    pollBatch(
      handles: ReadonlyArray<string>,
      fallback?: ReadonlyArray<JobRecord>
    ): Effect.Effect<ReadonlyMap<string, Exit.Exit<Job, KlingError>>>
    /** Asks Kling for what a job that has succeeded still lacks, if that is due and no other process does; returns its row. */
    complete(record: JobRecord): Effect.Effect<JobRecord>
    /** Asks Kling for fresh links to the results of a job that has succeeded, and persists them. */
    refreshLinks(record: JobRecord): Effect.Effect<JobRecord, KlingError>
    /** Persists what Kling reports about a job, then wakes those who wait for the job or for its concurrency slot. */
    apply(record: JobRecord, task: Task): Effect.Effect<JobRecord>
    /** Ends at the next change of the job that any program on its ledger announces. */
    changed(handle: string): Effect.Effect<void>
  }
>()("@klingkit/jobs/Snapshots") {
  static readonly layer: Layer.Layer<Snapshots, never, Kling | Ledger | Orphans | Queues | JobsSettings> = Layer.effect(
    Snapshots,
    Effect.suspend(() => make)
  )
}

/** Polls that are closer together than this are one. */
const freshMillis = 1500
/** By then, the process that has claimed a poll has persisted the result. */
const persistedMillis = 1000

const make = Effect.gen(function* () {
  const { credential } = yield* Kling
  const ledger = yield* Ledger
  const orphans = yield* Orphans
  const queues = yield* Queues
  const reader = yield* makeTaskReader
  const settings = yield* JobsSettings
  const announce = (handle: string) => Effect.ignore(ledger.announce(handle))

  const apply = Effect.fnUntraced(function* (record: JobRecord, task: Task) {
    const updated = yield* Effect.provideService(applyTaskUpdate(record, task), Ledger, ledger)
    if (isFinished(task)) yield* queues.invalidate(record)
    const hasMore = updated.outputs.length > record.outputs.length || updated.charges.length > record.charges.length
    if (updated.state !== record.state || hasMore) yield* announce(record.handle)
    return updated
  })

  const snapshotOf = Effect.fnUntraced(function* (
    record: JobRecord,
    poll: Exit.Exit<Task, KlingError>
  ): Effect.fn.Return<Job, KlingError> {
    if (Exit.isFailure(poll)) {
      return yield* Effect.failCause(poll.cause).pipe(Effect.catch((error) => withoutTask(record, error)))
    }
    const task = poll.value
    return { handle: record.handle, task, record: yield* apply(record, task) }
  })

  /** The job when Kling does not show its task under the id that was looked up. */
  const withoutTask = Effect.fnUntraced(function* (
    record: JobRecord,
    error: KlingError
  ): Effect.fn.Return<Job, KlingError> {
    if (error.reason._tag !== "TaskNotFound") return yield* error
    const { state, handle, taskId } = record
    if (state === "UNKNOWN") {
      const settlement = yield* Effect.orElseSucceed(orphans.settle(record), () => Settlement.Open({}))
      if (settlement._tag === "Open") return yield* unknownOutcome(record, settlement)
      yield* announce(handle)
      return { handle, task: settlement.task, record: yield* apply(settlement.record, settlement.task) }
    }
    // An adopted task may have no external id.
    if (taskId === undefined || taskId === lookupId(record)) return yield* notVisible(record, error, credential)
    return yield* reader.read(taskId).pipe(
      Effect.flatMap((task) => Effect.map(apply(record, task), (updated): Job => ({ handle, task, record: updated }))),
      Effect.catchIf(
        ({ reason }) => reason._tag === "TaskNotFound",
        (absent) => notVisible(record, absent, credential)
      )
    )
  })

  const refreshLinks = Effect.fnUntraced(function* (record: JobRecord): Effect.fn.Return<JobRecord, KlingError> {
    const { taskId } = record
    const task = yield* reader.read(lookupId(record)).pipe(
      // An adopted task may have no external id.
      Effect.catchIf(
        ({ reason }) => reason._tag === "TaskNotFound" && taskId !== undefined && taskId !== lookupId(record),
        () => reader.read(taskId ?? record.handle)
      )
    )
    return task.id === (taskId ?? task.id) ? yield* apply(record, task) : record
  })

  const complete = Effect.fnUntraced(function* (record: JobRecord): Effect.fn.Return<JobRecord> {
    const { recheckAt, rechecks = 0, polledAt = 0 } = record
    if (recheckAt === undefined) return record
    const now = yield* Clock.currentTimeMillis
    if (isRecheckDue(record, now)) {
      const claimed = yield* Effect.orElseSucceed(ledger.claimRecheck(record), () => undefined)
      // A task that Kling has deleted by now, or does not show, stays as it is.
      if (claimed !== undefined) return yield* Effect.orElseSucceed(refreshLinks(claimed), () => claimed)
    } else if (rechecks === 0 || Math.abs(now - polledAt) >= persistedMillis) {
      return record
    }
    // Another process, or the recovery of this one, asks right now.
    yield* Effect.raceFirst(Effect.sleep(persistedMillis), ledger.changed(record.handle))
    return yield* Effect.orElseSucceed(ledger.get(record.handle, record.principal), () => record)
  })

  const pollBatch = Effect.fnUntraced(function* (
    handles: ReadonlyArray<string>,
    fallback: ReadonlyArray<JobRecord> = []
  ) {
    const claimed = yield* Effect.orElseSucceed(ledger.claimPolls(handles, freshMillis), () => fallback)
    const polls = yield* reader.readMany(claimed.filter(({ state }) => !isFinishedState(state)).map(lookupId))
    const snapshots = yield* Effect.forEach(claimed, (record) => {
      const poll = polls.get(lookupId(record))
      const snapshot = poll === undefined ? Effect.succeed(jobOfRecord(record)) : snapshotOf(record, poll)
      return Effect.map(Effect.exit(snapshot), (exit) => [record.handle, exit] as const)
    })
    return new Map(snapshots)
  })

  return Snapshots.of({
    readTask: (id) => unrecordedTask(settings, id, reader.read),
    poll: Effect.fnUntraced(function* (record) {
      return yield* snapshotOf(record, yield* Effect.exit(reader.read(lookupId(record))))
    }),
    pollBatch,
    complete,
    refreshLinks,
    apply,
    changed: (handle) => ledger.changed(handle)
  })
})

/** The id that finds the task: the handle, where it is proven that Kling stores it with the task; else Kling's task id. */
const lookupId = (record: JobRecord): string =>
  findOperation(record.operation)?.findableByExternalId === "proven" ? record.handle : (record.taskId ?? record.handle)
