import type { KlingError } from "@klingkit/core"
import { Clock, Deferred, Effect, type Scope } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { lookTogether, type Watching } from "./sight.ts"

/** One look for all who want to see jobs at the same moment, in this process and in the others that share the ledger. */
export interface Poller {
  readonly seeAt: (ledger: Ledger["Service"], record: JobRecord, at: number) => Effect.Effect<Job, KlingError>
  /** Counts a job as followed as long as the scope is open. */
  readonly join: (handle: string) => Effect.Effect<void, never, Scope.Scope>
  readonly followed: () => number
}

/** By then whoever has taken a look has written down what it showed. */
const answeredMillis = 1000

interface Wish {
  readonly record: JobRecord
  readonly seen: Deferred.Deferred<Job, KlingError>
  waiting: number
}

type Wishes = Map<string, Wish>

export const makePoller = (watching: Watching, scope: Scope.Scope): Poller => {
  const ticks = new Map<number, Wishes>()
  const following = new Map<string, number>()

  const look = Effect.fnUntraced(function* (ledger: Ledger["Service"], wishes: Wishes) {
    const wanted = [...wishes.values()]
    if (wanted.length === 0) return
    const records = wanted.map(({ record }) => record)
    const looks = yield* lookTogether(watching, ledger, [...wishes.keys()], records)
    const others: Array<Wish> = []
    for (const wish of wanted) {
      const sight = looks.get(wish.record.handle)
      if (sight === undefined) others.push(wish)
      else yield* Deferred.done(wish.seen, sight)
    }
    if (others.length === 0) return
    yield* Effect.sleep(answeredMillis)
    yield* Effect.forEach(others, ({ record, seen }) => Deferred.complete(seen, readAgain(ledger, record)))
  })

  const readAgain = (ledger: Ledger["Service"], record: JobRecord) =>
    ledger.get(record.handle, record.principal).pipe(
      Effect.orElseSucceed(() => record),
      Effect.map(jobOfRecord)
    )

  const runTick = Effect.fnUntraced(function* (ledger: Ledger["Service"], at: number, wishes: Wishes) {
    yield* Effect.sleep(Math.max(0, at - (yield* Clock.currentTimeMillis)))
    ticks.delete(at)
    yield* Effect.onError(look(ledger, wishes), (cause) =>
      Effect.forEach(wishes.values(), ({ seen }) => Deferred.failCause(seen, cause))
    )
  })

  return {
    seeAt: (ledger, record, at) =>
      Effect.suspend(() => {
        const known = ticks.get(at)
        const wishes: Wishes = known ?? new Map()
        ticks.set(at, wishes)
        const { handle } = record
        const wish = wishes.get(handle) ?? { record, seen: Deferred.makeUnsafe<Job, KlingError>(), waiting: 0 }
        wishes.set(handle, wish)
        wish.waiting += 1
        const leave = Effect.sync(() => {
          wish.waiting -= 1
          if (wish.waiting === 0) wishes.delete(handle)
        })
        const start = known === undefined ? Effect.forkIn(runTick(ledger, at, wishes), scope) : Effect.void
        return Effect.ensuring(Effect.andThen(start, Deferred.await(wish.seen)), leave)
      }),
    join: (handle) =>
      Effect.acquireRelease(
        Effect.sync(() => void following.set(handle, (following.get(handle) ?? 0) + 1)),
        () =>
          Effect.sync(() => {
            const left = (following.get(handle) ?? 1) - 1
            if (left > 0) following.set(handle, left)
            else following.delete(handle)
          })
      ),
    followed: () => following.size
  }
}
