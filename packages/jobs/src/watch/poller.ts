import type { KlingError } from "@klingkit/core"
import { Clock, Deferred, Effect, type Scope } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { isFinishedState } from "../ledger/job-state.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { idAtKling, sightOf, type Watching } from "./sight.ts"

/** One look for all who want to see jobs at the same moment, in this process and in the others that share the ledger. */
export interface Poller {
  readonly seeAt: (ledger: Ledger["Service"], record: JobRecord, at: number) => Effect.Effect<Job, KlingError>
  /** Counts a job as followed as long as the scope is open. */
  readonly join: (handle: string) => Effect.Effect<void, never, Scope.Scope>
  readonly followed: () => number
}

/** Two looks that are closer to each other than this are one. */
const freshMillis = 1500
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
    const records = [...wishes.values()].map(({ record }) => record)
    if (records.length === 0) return
    const mine = yield* ledger.claimLooks([...wishes.keys()], freshMillis).pipe(
      // What cannot be claimed can still be seen.
      Effect.orElseSucceed(() => records)
    )
    const running = mine.filter(({ state }) => !isFinishedState(state))
    const looks = yield* watching.looks.many(running.map(idAtKling))
    const tell = (handle: string, sight: Effect.Effect<Job, KlingError>) => {
      const seen = wishes.get(handle)?.seen
      return seen === undefined ? Effect.void : Deferred.complete(seen, sight)
    }
    yield* Effect.forEach(mine, (record) => {
      const exit = looks.get(idAtKling(record))
      return tell(
        record.handle,
        exit === undefined ? Effect.succeed(jobOfRecord(record)) : sightOf(watching, ledger, record, exit)
      )
    })
    const claimed = new Set(mine.map(({ handle }) => handle))
    const others = records.filter(({ handle }) => !claimed.has(handle))
    if (others.length === 0) return
    yield* Effect.sleep(answeredMillis)
    yield* Effect.forEach(others, (record) => tell(record.handle, readAgain(ledger, record)))
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
