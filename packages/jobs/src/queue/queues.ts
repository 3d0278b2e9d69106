import { Clock, Context, Effect, Layer, Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { QueueState } from "../ledger/queue-keys.ts"
import { makeNotifications } from "../notifications.ts"
import { queuePositionIn } from "./queue-position.ts"

/** A job by what it competes for. */
type Competitor = Pick<JobRecord, "account" | "queueKey">

/** The queues for Kling's concurrency slots, as the ledger has them. */
export class Queues extends Context.Service<
  Queues,
  {
    /** One read for all who wait in this process. If the ledger cannot be read, the queue counts as empty. */
    read(job: Competitor): Effect.Effect<QueueState>
    /** The queue has changed: it is read anew, and those who wait try immediately. */
    invalidate(job: Competitor): Effect.Effect<void>
    /** Ends when this process next changes the queue. */
    changed(job: Competitor): Effect.Effect<void>
    /** The job of a record, with its queue position if it is queued. */
    jobOf(record: JobRecord): Effect.Effect<Job>
  }
>()("@klingkit/jobs/Queues") {
  static readonly layer: Layer.Layer<Queues, never, Ledger> = Layer.effect(
    Queues,
    Effect.suspend(() => make)
  )
}

const cacheMillis = 500
const emptyQueue: QueueState = { running: [], waiting: [] }

const keyOf = ({ account, queueKey = "" }: Competitor): string => `${account} ${queueKey}`

const make = Effect.gen(function* () {
  const ledger = yield* Ledger
  const changes = yield* makeNotifications
  const cache = new Map<string, { readonly queue: QueueState; readonly at: number }>()

  const read = Effect.fnUntraced(function* (job: Competitor) {
    const now = yield* Clock.currentTimeMillis
    const cached = cache.get(keyOf(job))
    // Guards against clock skew, unlike a time to live: a clock that was set back must not keep an old queue.
    if (cached !== undefined && Math.abs(now - cached.at) < cacheMillis) return cached.queue
    const queue = yield* Effect.orElseSucceed(ledger.queue(job.account, job.queueKey ?? ""), () => emptyQueue)
    cache.set(keyOf(job), { queue, at: now })
    return queue
  })

  return Queues.of({
    read,
    invalidate: (job) =>
      Effect.suspend(() => {
        cache.delete(keyOf(job))
        return changes.notify(keyOf(job))
      }),
    changed: (job) => changes.await(keyOf(job)),
    jobOf: Effect.fnUntraced(function* (record) {
      const job = jobOfRecord(record)
      if (record.state !== "INTENT" || record.queuedAt === undefined || record.queueKey === undefined) return job
      const queue = yield* Effect.option(ledger.queue(record.account, record.queueKey))
      const now = yield* Clock.currentTimeMillis
      const queuePosition = Option.isNone(queue) ? undefined : queuePositionIn(queue.value, record.handle, now)
      return queuePosition === undefined ? job : { ...job, queuePosition }
    })
  })
})
