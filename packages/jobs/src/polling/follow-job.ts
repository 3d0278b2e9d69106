import { type AnyOperation, findOperation, isFinished, type KlingError } from "@klingkit/core"
import { Clock, Effect, Option, Result, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import { moneyOfRecord } from "../job-money.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import { missingResults, recheckPauseMillis } from "../ledger/missing-results.ts"
import { Queues } from "../queue/queues.ts"
import type { Recovery } from "../recovery/recovery.ts"
import type { JobsSettings } from "../settings.ts"
import { nextPollAt, pollWithCallbacksMillis } from "../snapshots/poll-schedule.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { findRecord, isTerminalOrUnsent } from "./job-status.ts"
import { countFailedRead, type FailedReads, noFailedReads } from "./failed-reads.ts"
import type { Poller } from "./poller.ts"

type Needs = Ledger | Queues | Recovery | Snapshots | JobsSettings

/** How often the ledger is read for the updates of other processes. */
const rereadMillis = { unsent: 1000, withCallbacks: 2000 }
/** Between two reads of a task that the ledger does not have, when the first has failed. */
const unreadPauseMillis = 2000

interface Followed {
  readonly last: Option.Option<Job>
  readonly failed: FailedReads
  /** How often Kling has reported success without any result. */
  readonly emptyPolls: number
}

/**
 * The job at every poll until it has ended. All who wait, for this job or others, share their polls. A job whose state cannot be
 * read is emitted as the ledger has it, with the reason; only what time will not change ends the wait.
 */
export const followJob = (
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined
): Stream.Stream<Job, KlingError, Needs> => {
  const first: Followed = { last: Option.none(), failed: noFailedReads, emptyPolls: 0 }
  const snapshots = Stream.paginate(first, ({ last, failed, emptyPolls: before }) =>
    Effect.gen(function* () {
      const read = yield* Effect.result(
        Option.match(last, {
          onNone: () => firstSnapshot(poller, id),
          onSome: (job) => nextSnapshot(poller, id, operation, job)
        })
      )
      if (Result.isSuccess(read)) {
        const job = read.success
        const isEmpty = job.task.status === "succeed" && job.task.outputs.length === 0
        const emptyPolls = before + (isEmpty ? 1 : 0)
        const next: Followed = { last: Option.some(job), failed: noFailedReads, emptyPolls }
        const isOver = isFinished(job.task) && !awaitsResults(job, emptyPolls)
        return [[job], isOver ? Option.none<Followed>() : Option.some(next)] as const
      }
      const error = read.failure
      const record = yield* findRecord(id)
      const now = yield* Clock.currentTimeMillis
      const counted = countFailedRead(failed, error, now)
      const isOver = record === undefined ? !error.isRetryable : counted === undefined
      if (isOver || counted === undefined) {
        return yield* record === undefined ? error : error.about(moneyOfRecord(record))
      }
      if (record === undefined) {
        yield* Effect.sleep(unreadPauseMillis)
        return [[], Option.some<Followed>({ last, failed: counted, emptyPolls: before })] as const
      }
      const job: Job = { ...jobOfRecord(record), unread: error.message }
      return [[job], Option.some<Followed>({ last: Option.some(job), failed: counted, emptyPolls: before })] as const
    })
  )
  return Stream.unwrap(Effect.as(poller.follow(id), snapshots))
}

/** How often a wait polls a success that lacks its results: the first takes a minute in all, the second a quarter. */
const maxPolls = { withoutResults: 5, withFewer: 3 }

/** Kling may report success before it shows the results: the wait continues, but not for long. */
const awaitsResults = ({ task, record }: Job, emptyPolls: number): boolean => {
  if (record === undefined)
    return task.status === "succeed" && task.outputs.length === 0 && emptyPolls < maxPolls.withoutResults
  return lacksResults(record)
}

const lacksResults = (record: JobRecord): boolean => {
  const missing = missingResults(record)?.results
  if (record.recheckAt === undefined || missing === undefined) return false
  return (record.rechecks ?? 0) < (missing.shown === 0 ? maxPolls.withoutResults : maxPolls.withFewer)
}

/** The row when its next poll is due, or when another program has completed it. */
const completed = Effect.fnUntraced(function* (record: JobRecord, snapshots: Snapshots["Service"]) {
  if (!lacksResults(record)) return record
  const now = yield* Clock.currentTimeMillis
  const pauseMillis = Math.max(
    0,
    Math.min((record.recheckAt ?? now) - now, recheckPauseMillis(maxPolls.withoutResults))
  )
  yield* Effect.raceFirst(Effect.sleep(pauseMillis), snapshots.changed(record.handle))
  return yield* snapshots.complete(record)
})

/** Whichever millisecond it is: who starts to wait for several jobs polls them together. */
const now = 0

const firstSnapshot = Effect.fnUntraced(function* (
  poller: Poller,
  id: string
): Effect.fn.Return<Job, KlingError, Needs> {
  const record = yield* findRecord(id)
  if (record === undefined) return { handle: id, task: yield* Snapshots.use((snapshots) => snapshots.readTask(id)) }
  if (yield* isTerminalOrUnsent(record)) {
    const latest = yield* Snapshots.use((snapshots) => snapshots.complete(record))
    return yield* Queues.use((queues) => queues.jobOf(latest))
  }
  return yield* poller.pollAt(record, now)
})

/** The job when its next poll is due; earlier if a change is announced. */
const nextSnapshot = Effect.fnUntraced(function* (
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined,
  last: Job
): Effect.fn.Return<Job, KlingError, Needs> {
  const ledger = yield* Ledger
  const queues = yield* Queues
  const snapshots = yield* Snapshots
  const now = yield* Clock.currentTimeMillis
  const record = yield* findRecord(id)
  const declared = operation ?? (record === undefined ? undefined : findOperation(record.operation))
  const expectedSeconds = record?.expectedSeconds ?? declared?.expectedSeconds(declared.example) ?? 60
  if (record === undefined) {
    yield* Effect.sleep(nextPollAt(last.task.createdAt ?? now, expectedSeconds, now) - now)
    return { handle: id, task: yield* snapshots.readTask(id) }
  }
  const { handle, principal, state, callbackReceivedAt, polledAt = 0 } = record
  if (isFinishedState(state)) return jobOfRecord(yield* completed(record, snapshots))
  const reread = Effect.flatMap(
    Effect.orElseSucceed(ledger.get(handle, principal), () => record),
    (latest) => queues.jobOf(latest)
  )
  const whenNotified = Effect.andThen(snapshots.changed(handle), reread)
  const rereadAfter = (millis: number) => Effect.raceFirst(Effect.andThen(Effect.sleep(millis), reread), whenNotified)
  if (yield* isTerminalOrUnsent(record)) return yield* rereadAfter(rereadMillis.unsent)
  // Guards against clock skew: timestamps in the far future are ignored.
  const isRecent =
    callbackReceivedAt !== undefined && Math.abs(now - Math.max(callbackReceivedAt, polledAt)) < pollWithCallbacksMillis
  if (isRecent) return yield* rereadAfter(rereadMillis.withCallbacks)
  const since = record.sentAt ?? record.createdAt
  const followed = yield* poller.followedCount
  const at = callbackReceivedAt === undefined ? nextPollAt(since, expectedSeconds, now, followed) : now
  return yield* Effect.raceFirst(poller.pollAt(record, at), whenNotified)
})
