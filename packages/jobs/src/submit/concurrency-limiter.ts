import type { KlingError } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { QueueState } from "../ledger/queue-keys.ts"
import { makeNotifications } from "../polling/notifications.ts"
import { nextPollAt } from "../polling/poll-schedule.ts"
import { type QueuePosition, queuePositionIn } from "./queue-position.ts"

/**
 * Kling limits the running tasks of each model and refuses requests beyond that, without a charge. Such requests wait
 * here. The queue is in the ledger: it knows the order across all processes, and which tasks are running.
 */
export interface ConcurrencyLimiter {
  /** Sends immediately if the queue is empty; else when it is this request's turn and a slot may be free. */
  readonly send: <A>(job: QueuedJob, send: Effect.Effect<A, KlingError>) => Effect.Effect<A, KlingError>
  /** A task has ended: the first request in its queue tries immediately. */
  readonly release: (ended: Pick<JobRecord, "account" | "queueKey">) => Effect.Effect<void>
}

export interface QueuedJob {
  readonly ledger: Ledger["Service"]
  readonly record: JobRecord & { readonly lease: Lease }
  /** Runs whenever the queue position changes. */
  readonly onQueued: (position: QueuePosition) => Effect.Effect<void>
}

/** What this process has learned about the concurrency limit of a queue key. */
interface LimitEstimate {
  /** Unknown until Kling has refused a request. */
  limit?: number
  /** From then on one more than the limit is tried: it may have been raised, and other programs may use the account. */
  nextProbeAt: number
  refusals: number
  cached?: { readonly queue: QueueState; readonly at: number }
}

const cacheMillis = 500
const pauseMillis = 1000
const longestProbeSeconds = 30
const emptyQueue: QueueState = { running: [], waiting: [] }

/** `poll` updates the running tasks in the ledger, including those of other processes, so that their ends are noticed. */
export const makeConcurrencyLimiter = (
  poll: (ledger: Ledger["Service"], handles: ReadonlyArray<string>) => Effect.Effect<unknown>
): ConcurrencyLimiter => {
  const estimates = new Map<string, LimitEstimate>()
  const changes = makeNotifications()
  const keyOf = ({ account, queueKey = "" }: Pick<JobRecord, "account" | "queueKey">) => `${account} ${queueKey}`

  const estimateOf = (key: string): LimitEstimate => {
    const estimate = estimates.get(key) ?? { nextProbeAt: 0, refusals: 0 }
    estimates.set(key, estimate)
    return estimate
  }

  const invalidate = (key: string) =>
    Effect.suspend(() => {
      delete estimateOf(key).cached
      return changes.notify(key)
    })

  /** One read of the queue for all who wait in this process. If the ledger cannot be read, the queue counts as empty. */
  const readQueue = Effect.fnUntraced(function* ({ ledger, record }: QueuedJob) {
    const estimate = estimateOf(keyOf(record))
    const now = yield* Clock.currentTimeMillis
    if (estimate.cached !== undefined && Math.abs(now - estimate.cached.at) < cacheMillis) return estimate.cached.queue
    const queue = yield* Effect.orElseSucceed(ledger.queue(record.account, record.queueKey ?? ""), () => emptyQueue)
    estimate.cached = { queue, at: now }
    return queue
  })

  /** Tries once; nothing when all slots are in use. Either outcome improves the estimate. */
  const attempt = <A>({ record }: QueuedJob, queue: QueueState, send: Effect.Effect<A, KlingError>) => {
    const key = keyOf(record)
    const estimate = estimateOf(key)
    const inUse = slotsInUse(queue)
    return send.pipe(
      Effect.tap(() => {
        estimate.refusals = 0
        if (estimate.limit !== undefined) estimate.limit = Math.max(estimate.limit, inUse + slotsOf(record))
        return Effect.void
      }),
      Effect.asSome,
      Effect.catchReason("KlingError", "ConcurrencyLimit", () =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          // While our own tasks run, the end of one of them is what to wait for.
          const pauseSeconds = inUse > 0 ? longestProbeSeconds : Math.min(longestProbeSeconds, 2 ** estimate.refusals)
          estimate.limit = inUse
          estimate.refusals += 1
          estimate.nextProbeAt = now + pauseSeconds * 1000
          return Option.none<A>()
        })
      ),
      Effect.ensuring(invalidate(key))
    )
  }

  const mayTry = (queue: QueueState, record: JobRecord, now: number): boolean => {
    const { limit, nextProbeAt } = estimateOf(keyOf(record))
    // Guards against clock skew: a probe time in the far future is ignored.
    const isProbeDue = now >= nextProbeAt || nextProbeAt > now + longestProbeSeconds * 1000
    return limit === undefined || slotsInUse(queue) + slotsOf(record) <= limit || isProbeDue
  }

  const waitInQueue = <A>(job: QueuedJob, send: Effect.Effect<A, KlingError>): Effect.Effect<A, KlingError> =>
    Effect.gen(function* () {
      const { ledger, record, onQueued } = job
      yield* Effect.ignore(ledger.markQueued(record.handle, record.lease))
      const key = keyOf(record)
      yield* invalidate(key)
      let reported = 0
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        const queue = yield* readQueue(job)
        const current = queuePositionIn(queue, record.handle, now) ?? { position: 1 }
        if (current.position !== reported) yield* onQueued(current)
        reported = current.position
        if (current.position === 1) {
          yield* poll(ledger, dueForPoll(queue, now))
          const updated = yield* readQueue(job)
          const sent = mayTry(updated, record, now) ? yield* attempt(job, updated, send) : Option.none<A>()
          if (Option.isSome(sent)) return sent.value
        }
        yield* Effect.raceFirst(Effect.sleep(pauseMillis), changes.await(key))
      }
    })

  return {
    release: (ended) => invalidate(keyOf(ended)),
    send: Effect.fnUntraced(function* (job, send) {
      const queue = yield* readQueue(job)
      // New requests go to the end of the queue.
      const isFree = queue.waiting.length === 0 && mayTry(queue, job.record, yield* Clock.currentTimeMillis)
      const sent = isFree ? yield* attempt(job, queue, send) : Option.none()
      return Option.isSome(sent) ? sent.value : yield* waitInQueue(job, send)
    })
  }
}

const slotsOf = ({ slots = 1 }: JobRecord): number => slots
const slotsInUse = ({ running }: QueueState): number => running.reduce((sum, { slots }) => sum + slots, 0)

/** The running tasks that may have ended since their last poll. */
const dueForPoll = ({ running }: QueueState, now: number): ReadonlyArray<string> =>
  running.flatMap(({ handle, sentAt = now, expectedSeconds = 60, polledAt = sentAt }) =>
    nextPollAt(sentAt, expectedSeconds, polledAt) <= now ? [handle] : []
  )
