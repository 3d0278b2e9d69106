import { type AnyOperation, findOperation, isFinished, type KlingError } from "@klingkit/core"
import { Clock, Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { Ledger } from "../ledger/ledger.ts"
import { missingResults, recheckPauseMillis } from "../ledger/missing-results.ts"
import { Queues } from "../queue/queues.ts"
import type { Recovery } from "../recovery/recovery.ts"
import type { JobsSettings } from "../settings.ts"
import { nextPollAt } from "../snapshots/poll-schedule.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { findRecord, isTerminalOrUnsent } from "./job-status.ts"
import type { Poller } from "./poller.ts"

type Needs = Ledger | Queues | Recovery | Snapshots | JobsSettings

/** With callbacks, polling only makes up for a lost one. */
const pollWithCallbacksMillis = 60_000
/** How often the ledger is read for the updates of other processes. */
const rereadMillis = { unsent: 1000, withCallbacks: 2000 }

interface Progress {
  readonly last: Option.Option<Job>
  /** How often Kling has reported success without any result. */
  readonly emptyPolls: number
}

/** The job at every poll until it has ended. All who wait, for this job or others, share their polls. */
export const followJob = (
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined
): Stream.Stream<Job, KlingError, Needs> => {
  const start: Progress = { last: Option.none(), emptyPolls: 0 }
  const snapshots = Stream.paginate(start, ({ last, emptyPolls }) =>
    Effect.gen(function* () {
      const snapshot = yield* Option.match(last, { onNone: () => firstSnapshot(poller, id), onSome: next }).pipe(
        Effect.map(Option.some),
        // The task keeps running whether or not it can be read: only a permanent failure ends the wait.
        Effect.catch((error) => (error.isRetryable ? Effect.succeed(Option.none<Job>()) : Effect.fail(error)))
      )
      const job = Option.orElse(snapshot, () => last)
      const isEmpty = Option.exists(snapshot, ({ task }) => task.status === "succeed" && task.outputs.length === 0)
      const progress: Progress = { last: job, emptyPolls: emptyPolls + (isEmpty ? 1 : 0) }
      const ended = Option.exists(
        snapshot,
        (seen) => isFinished(seen.task) && !awaitsResults(seen, progress.emptyPolls)
      )
      return [Option.toArray(snapshot), ended ? Option.none<Progress>() : Option.some(progress)] as const
    })
  )
  const next = (last: Job) => nextSnapshot(poller, id, operation, last)
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
  return yield* poller.pollAt(record, yield* Clock.currentTimeMillis)
})

/** The job when its next poll is due; earlier if this process is notified of a change. */
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
