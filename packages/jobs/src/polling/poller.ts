import type { KlingError } from "@klingkit/core"
import { Clock, Deferred, Effect, type Scope } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { pollBatch, type PollingContext } from "./snapshot.ts"

/** One poll for all who want to poll jobs at the same time, in this process and in others that share the ledger. */
export interface Poller {
  readonly pollAt: (ledger: Ledger["Service"], record: JobRecord, at: number) => Effect.Effect<Job, KlingError>
  /** Counts a job as followed while the scope is open. */
  readonly follow: (handle: string) => Effect.Effect<void, never, Scope.Scope>
  readonly followedCount: () => number
}

/** By then, the process that has claimed a poll has persisted its result. */
const persistedMillis = 1000

interface Subscriber {
  readonly record: JobRecord
  readonly snapshot: Deferred.Deferred<Job, KlingError>
  waiting: number
}

/** By handle. */
type Subscribers = Map<string, Subscriber>

export const makePoller = (context: PollingContext, scope: Scope.Scope): Poller => {
  const ticks = new Map<number, Subscribers>()
  const following = new Map<string, number>()

  const poll = Effect.fnUntraced(function* (ledger: Ledger["Service"], subscribers: Subscribers) {
    const waiting = [...subscribers.values()]
    if (waiting.length === 0) return
    const records = waiting.map(({ record }) => record)
    const polled = yield* pollBatch(context, ledger, [...subscribers.keys()], records)
    const claimedElsewhere: Array<Subscriber> = []
    for (const subscriber of waiting) {
      const exit = polled.get(subscriber.record.handle)
      if (exit === undefined) claimedElsewhere.push(subscriber)
      else yield* Deferred.done(subscriber.snapshot, exit)
    }
    if (claimedElsewhere.length === 0) return
    yield* Effect.sleep(persistedMillis)
    yield* Effect.forEach(claimedElsewhere, ({ record, snapshot }) =>
      Deferred.complete(snapshot, reread(ledger, record))
    )
  })

  const reread = (ledger: Ledger["Service"], record: JobRecord) =>
    ledger.get(record.handle, record.principal).pipe(
      Effect.orElseSucceed(() => record),
      Effect.map(jobOfRecord)
    )

  const runTick = Effect.fnUntraced(function* (ledger: Ledger["Service"], at: number, subscribers: Subscribers) {
    yield* Effect.sleep(Math.max(0, at - (yield* Clock.currentTimeMillis)))
    ticks.delete(at)
    yield* Effect.onError(poll(ledger, subscribers), (cause) =>
      Effect.forEach(subscribers.values(), ({ snapshot }) => Deferred.failCause(snapshot, cause))
    )
  })

  return {
    pollAt: (ledger, record, at) =>
      Effect.suspend(() => {
        const scheduled = ticks.get(at)
        const subscribers: Subscribers = scheduled ?? new Map()
        ticks.set(at, subscribers)
        const { handle } = record
        const subscriber = subscribers.get(handle) ?? {
          record,
          snapshot: Deferred.makeUnsafe<Job, KlingError>(),
          waiting: 0
        }
        subscribers.set(handle, subscriber)
        subscriber.waiting += 1
        const unsubscribe = Effect.sync(() => {
          subscriber.waiting -= 1
          if (subscriber.waiting === 0) subscribers.delete(handle)
        })
        const start = scheduled === undefined ? Effect.forkIn(runTick(ledger, at, subscribers), scope) : Effect.void
        return Effect.ensuring(Effect.andThen(start, Deferred.await(subscriber.snapshot)), unsubscribe)
      }),
    follow: (handle) =>
      Effect.acquireRelease(
        Effect.sync(() => void following.set(handle, (following.get(handle) ?? 0) + 1)),
        () =>
          Effect.sync(() => {
            const remaining = (following.get(handle) ?? 1) - 1
            if (remaining > 0) following.set(handle, remaining)
            else following.delete(handle)
          })
      ),
    followedCount: () => following.size
  }
}
