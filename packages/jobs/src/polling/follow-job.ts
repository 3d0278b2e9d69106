import { type AnyOperation, findOperation, isFinished, type KlingError } from "@klingkit/core"
import { Clock, Effect, Option, Stream } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import { withQueuePosition } from "../submit/queued-job.ts"
import { findLocalJob, isTerminalOrUnsent } from "./job-status.ts"
import { nextPollAt } from "./poll-schedule.ts"
import type { Poller } from "./poller.ts"
import type { PollingContext } from "./snapshot.ts"

/** With callbacks, polling only makes up for a lost one. */
const pollWithCallbacksMillis = 60_000
/** How often the ledger is read for the updates of other processes. */
const rereadMillis = { unsent: 1000, withCallbacks: 2000 }

/** The job at every poll until it has ended. All who wait, for this job or others, share their polls. */
export const followJob = (
  context: PollingContext,
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined
): Stream.Stream<Job, KlingError> => {
  const snapshots = Stream.paginate(Option.none<Job>(), (last) =>
    Effect.gen(function* () {
      const snapshot = yield* Option.match(last, {
        onNone: () => firstSnapshot(context, poller, id),
        onSome: next
      }).pipe(
        Effect.map(Option.some),
        // The task keeps running whether or not it can be read: only a permanent failure ends the wait.
        Effect.catch((error) => (error.isRetryable ? Effect.succeed(Option.none<Job>()) : Effect.fail(error)))
      )
      const job = Option.orElse(snapshot, () => last)
      const ended = Option.isSome(snapshot) && isFinished(snapshot.value.task)
      return [Option.toArray(snapshot), ended ? Option.none<Option.Option<Job>>() : Option.some(job)] as const
    })
  )
  const next = (last: Job) => nextSnapshot(context, poller, id, operation, last)
  return Stream.unwrap(Effect.as(poller.follow(id), snapshots))
}

const firstSnapshot = Effect.fnUntraced(function* (
  context: PollingContext,
  poller: Poller,
  id: string
): Effect.fn.Return<Job, KlingError> {
  const hit = yield* findLocalJob(context, id)
  if (hit === undefined) return { handle: id, task: yield* context.reader.read(id) }
  const { ledger, record } = hit
  if (yield* isTerminalOrUnsent(context, record)) return yield* withQueuePosition(ledger, record)
  return yield* poller.pollAt(ledger, record, yield* Clock.currentTimeMillis)
})

/** The job when its next poll is due; earlier if this process is notified of a change. */
const nextSnapshot = Effect.fnUntraced(function* (
  context: PollingContext,
  poller: Poller,
  id: string,
  operation: AnyOperation | undefined,
  last: Job
): Effect.fn.Return<Job, KlingError> {
  const now = yield* Clock.currentTimeMillis
  const hit = yield* findLocalJob(context, id)
  const declared = operation ?? (hit === undefined ? undefined : findOperation(hit.record.operation))
  const expectedSeconds = hit?.record.expectedSeconds ?? declared?.expectedSeconds(declared.example) ?? 60
  if (hit === undefined) {
    yield* Effect.sleep(nextPollAt(last.task.createdAt ?? now, expectedSeconds, now) - now)
    return { handle: id, task: yield* context.reader.read(id) }
  }
  const { ledger, record } = hit
  const { handle, state, callbackReceivedAt, polledAt = 0 } = record
  if (isFinishedState(state)) return jobOfRecord(record)
  const reread = Effect.flatMap(
    Effect.orElseSucceed(ledger.get(handle, context.principal), () => record),
    (latest) => withQueuePosition(ledger, latest)
  )
  const whenNotified = Effect.andThen(context.notifications.await(handle), reread)
  const rereadAfter = (millis: number) => Effect.raceFirst(Effect.andThen(Effect.sleep(millis), reread), whenNotified)
  if (yield* isTerminalOrUnsent(context, record)) return yield* rereadAfter(rereadMillis.unsent)
  // Guards against clock skew: timestamps in the far future are ignored.
  const isRecent =
    callbackReceivedAt !== undefined && Math.abs(now - Math.max(callbackReceivedAt, polledAt)) < pollWithCallbacksMillis
  if (isRecent) return yield* rereadAfter(rereadMillis.withCallbacks)
  const since = record.sentAt ?? record.createdAt
  const at = callbackReceivedAt === undefined ? nextPollAt(since, expectedSeconds, now, poller.followedCount()) : now
  return yield* Effect.raceFirst(poller.pollAt(ledger, record, at), whenNotified)
})
