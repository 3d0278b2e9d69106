import { findOperation, isFinished, KlingError, type Task } from "@klingkit/core"
import { Effect, Exit, type Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
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
  readonly onEnded: (record: JobRecord) => Effect.Effect<void>
  /** A request has been left in the middle. */
  readonly onAbandoned: Effect.Effect<void>
}

/** The handle, where Kling stores it with the task; else Kling's own id. */
export const idAtKling = (record: JobRecord): string =>
  findOperation(record.operation)?.externalId === undefined ? (record.taskId ?? record.handle) : record.handle

/** Who hears of it when something has happened to a job. */
export type Told = Pick<Watching, "alarms" | "onEnded">

/** What a look at Kling says about a job, written down before it is told. */
export const sightOf = Effect.fnUntraced(function* (
  watching: Told,
  ledger: Ledger["Service"],
  record: JobRecord,
  look: Exit.Exit<Task, KlingError>
): Effect.fn.Return<Job, KlingError> {
  if (Exit.isFailure(look)) {
    return yield* Effect.failCause(look.cause).pipe(Effect.catch((error) => unseen(record, error)))
  }
  const task = look.value
  return { handle: record.handle, task, record: yield* takeIn(watching, ledger, record, task) }
})

/** What Kling has shown or said of a job: written down, and told to whoever waits for it or for its place. */
export const takeIn = Effect.fnUntraced(function* (
  { alarms, onEnded }: Told,
  ledger: Ledger["Service"],
  record: JobRecord,
  task: Task
): Effect.fn.Return<JobRecord> {
  const fresh = yield* observe(ledger, record, task)
  if (isFinished(task)) yield* onEnded(record)
  if (fresh.state !== record.state) yield* alarms.ring(record.handle)
  return fresh
})

/** Two looks that are closer to each other than this are one. */
const freshMillis = 1500

/** Looks at those of these jobs that nobody else has just taken a look at; answers what each look has shown. */
export const lookTogether = Effect.fnUntraced(function* (
  watching: Told & Pick<Watching, "looks">,
  ledger: Ledger["Service"],
  handles: ReadonlyArray<string>,
  known: ReadonlyArray<JobRecord> = []
): Effect.fn.Return<ReadonlyMap<string, Exit.Exit<Job, KlingError>>> {
  // What cannot be claimed can still be seen.
  const mine = yield* Effect.orElseSucceed(ledger.claimLooks(handles, freshMillis), () => known)
  const looks = yield* watching.looks.many(mine.filter(({ state }) => !isFinishedState(state)).map(idAtKling))
  const seen = yield* Effect.forEach(mine, (record) => {
    const look = looks.get(idAtKling(record))
    const sight = look === undefined ? Effect.succeed(jobOfRecord(record)) : sightOf(watching, ledger, record, look)
    return Effect.map(Effect.exit(sight), (exit) => [record.handle, exit] as const)
  })
  return new Map(seen)
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
