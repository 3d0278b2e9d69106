import type { KlingError } from "@klingkit/core"
import { Clock, Context, Effect, FiberSet, Fiber, RcMap, Request, RequestResolver, type Scope } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ProgressWatch } from "../progress-watch.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

/** One poll for all who want to poll jobs at the same time, in this process and in others that share the ledger. */
export interface Poller {
  readonly pollAt: (record: JobRecord, at: number) => Effect.Effect<Job, KlingError>
  /** Counts a job as followed while the scope is open. */
  readonly follow: (handle: string) => Effect.Effect<void, never, Scope.Scope>
  readonly followedCount: Effect.Effect<number>
}

/** By then, the process that has claimed a poll has persisted its result. */
const persistedMillis = 1000

class PollJob extends Request.Class<{ readonly record: JobRecord; readonly at: number }, Job, KlingError> {}

/** When the requests of a batch are due: all of a batch are due at the same time. */
const DueAt = Context.Reference<number>("@klingkit/jobs/DueAt", { defaultValue: () => 0 })

const untilDue = Effect.gen(function* () {
  // What is due now waits for the others who are about to want it.
  yield* Effect.yieldNow
  yield* Effect.sleep(Math.max(0, (yield* DueAt) - (yield* Clock.currentTimeMillis)))
})

export const makePoller: Effect.Effect<Poller, never, Ledger | Snapshots | Scope.Scope> = Effect.gen(function* () {
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const progress = yield* ProgressWatch
  const polls = yield* FiberSet.make<void>()
  const followed = yield* RcMap.make({ lookup: (_handle: string) => Effect.void })

  const reread = (record: JobRecord) =>
    ledger.get(record.handle, record.principal).pipe(
      Effect.orElseSucceed(() => record),
      Effect.map(jobOfRecord)
    )

  const poll = Effect.fnUntraced(function* (entries: ReadonlyArray<Request.Entry<PollJob>>) {
    const records = new Map(entries.map(({ request: { record } }) => [record.handle, record]))
    const polled = yield* snapshots.pollBatch([...records.keys()], [...records.values()])
    const claimedElsewhere: Array<Request.Entry<PollJob>> = []
    for (const entry of entries) {
      const exit = polled.get(entry.request.record.handle)
      if (exit === undefined) claimedElsewhere.push(entry)
      else entry.completeUnsafe(exit)
    }
    if (claimedElsewhere.length === 0) return
    yield* Effect.sleep(persistedMillis)
    for (const entry of claimedElsewhere) {
      entry.completeUnsafe(yield* Effect.exit(reread(entry.request.record)))
    }
  })

  const watched = <E>(polling: Effect.Effect<void, E>) => {
    const { turn, end } = progress.watch("polls")
    return Effect.andThen(turn, Effect.ensuring(polling, end))
  }

  const resolver = RequestResolver.makeGrouped<PollJob, number>({
    key: ({ request }) => request.at,
    // Runs until the jobs of this process close, even if its subscribers leave.
    resolver: (entries) => Effect.flatMap(FiberSet.run(polls, watched(poll(entries))), Fiber.join)
  }).pipe(RequestResolver.setDelayEffect(untilDue))

  return {
    pollAt: (record, at) => Effect.provideService(Effect.request(new PollJob({ record, at }), resolver), DueAt, at),
    follow: (handle) => RcMap.get(followed, handle),
    followedCount: Effect.map(RcMap.keys(followed), (handles) => [...handles].length)
  }
})
