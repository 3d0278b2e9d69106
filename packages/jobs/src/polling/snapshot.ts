import { findOperation, isFinished, KlingError, type Task } from "@klingkit/core"
import { Effect, Exit, type Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { applyTaskUpdate } from "./apply-task-update.ts"
import type { Notifications } from "./notifications.ts"
import type { TaskReader } from "./task-reader.ts"

/** What polling depends on. */
export interface PollingContext {
  /** Nothing when the ledger cannot be read: a task can be read without it. */
  readonly ledger: Effect.Effect<Option.Option<Ledger["Service"]>>
  readonly reader: TaskReader
  readonly notifications: Notifications
  readonly principal: string
  /** Runs when a task has ended. */
  readonly onEnded: (record: JobRecord) => Effect.Effect<void>
  /** Runs when a request turns out to be orphaned. */
  readonly onOrphaned: Effect.Effect<void>
}

/** The id that finds the task: the handle, where Kling stores it with the task; else Kling's task id. */
export const lookupId = (record: JobRecord): string =>
  findOperation(record.operation)?.externalId === undefined ? (record.taskId ?? record.handle) : record.handle

/** What is notified of a job's changes. */
export type Listeners = Pick<PollingContext, "notifications" | "onEnded">

/** The job after a poll, persisted before it is returned. */
export const toSnapshot = Effect.fnUntraced(function* (
  listeners: Listeners,
  ledger: Ledger["Service"],
  record: JobRecord,
  poll: Exit.Exit<Task, KlingError>
): Effect.fn.Return<Job, KlingError> {
  if (Exit.isFailure(poll)) {
    return yield* Effect.failCause(poll.cause).pipe(Effect.catch((error) => withoutTask(record, error)))
  }
  const task = poll.value
  return { handle: record.handle, task, record: yield* applyAndNotify(listeners, ledger, record, task) }
})

/** Persists what Kling reports about a job, then notifies those who wait for the job or for its concurrency slot. */
export const applyAndNotify = Effect.fnUntraced(function* (
  { notifications, onEnded }: Listeners,
  ledger: Ledger["Service"],
  record: JobRecord,
  task: Task
): Effect.fn.Return<JobRecord> {
  const updated = yield* applyTaskUpdate(ledger, record, task)
  if (isFinished(task)) yield* onEnded(record)
  if (updated.state !== record.state) yield* notifications.notify(record.handle)
  return updated
})

/** Polls that are closer together than this are one. */
const freshMillis = 1500

/** Polls those of the jobs that no process has just polled; returns the snapshot of each. */
export const pollBatch = Effect.fnUntraced(function* (
  context: Listeners & Pick<PollingContext, "reader">,
  ledger: Ledger["Service"],
  handles: ReadonlyArray<string>,
  fallback: ReadonlyArray<JobRecord> = []
): Effect.fn.Return<ReadonlyMap<string, Exit.Exit<Job, KlingError>>> {
  // Without a working ledger nothing can be claimed, but tasks can still be read.
  const claimed = yield* Effect.orElseSucceed(ledger.claimPolls(handles, freshMillis), () => fallback)
  const polls = yield* context.reader.readMany(claimed.filter(({ state }) => !isFinishedState(state)).map(lookupId))
  const snapshots = yield* Effect.forEach(claimed, (record) => {
    const poll = polls.get(lookupId(record))
    const snapshot =
      poll === undefined ? Effect.succeed(jobOfRecord(record)) : toSnapshot(context, ledger, record, poll)
    return Effect.map(Effect.exit(snapshot), (exit) => [record.handle, exit] as const)
  })
  return new Map(snapshots)
})

/** The job when Kling does not show its task: it may not have it yet, or it is unknown whether it has it. */
const withoutTask = (record: JobRecord, error: KlingError): Effect.Effect<Job, KlingError> => {
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
