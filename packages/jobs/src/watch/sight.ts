import { findOperation, isFinished, KlingError, type Task } from "@klingkit/core"
import { Effect, Exit, type Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Alarms } from "./alarms.ts"
import type { Looks } from "./looks.ts"
import { observe } from "./observe.ts"

/** What it takes to see how jobs stand. */
export interface Watching {
  /** Nothing when the ledger cannot be read: looking at a task needs none. */
  readonly ledger: Effect.Effect<Option.Option<Ledger["Service"]>>
  readonly looks: Looks
  readonly alarms: Alarms
  readonly principal: string
  /** A task has ended. */
  readonly onEnded: Effect.Effect<void>
  /** A request has been left in the middle. */
  readonly onAbandoned: Effect.Effect<void>
}

/** The handle, where Kling stores it with the task; else Kling's own id. */
export const idAtKling = (record: JobRecord): string =>
  findOperation(record.operation)?.externalId === undefined ? (record.taskId ?? record.handle) : record.handle

/** What a look at Kling says about a job, written down before it is told. */
export const sightOf = Effect.fnUntraced(function* (
  { alarms, onEnded }: Pick<Watching, "alarms" | "onEnded">,
  ledger: Ledger["Service"],
  record: JobRecord,
  look: Exit.Exit<Task, KlingError>
): Effect.fn.Return<Job, KlingError> {
  if (Exit.isFailure(look)) {
    return yield* Effect.failCause(look.cause).pipe(Effect.catch((error) => unseen(record, error)))
  }
  const task = look.value
  const fresh = yield* observe(ledger, record, task)
  if (isFinished(task)) yield* onEnded
  if (fresh.state !== record.state) yield* alarms.ring(record.handle)
  return { handle: record.handle, task, record: fresh }
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
