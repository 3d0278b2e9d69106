import type { KlingError } from "@klingkit/core"
import { Clock, Context, Effect, Layer, Option } from "effect"
import type { QueuePosition } from "../job.ts"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { QueueState } from "../ledger/queue-keys.ts"
import { queuePositionIn } from "../queue/queue-position.ts"
import { Queues } from "../queue/queues.ts"
import { nextPollAt } from "../snapshots/poll-schedule.ts"
import { Snapshots } from "../snapshots/snapshots.ts"

/**
 * Kling limits the running tasks of each model and refuses requests beyond that, without a charge. Such requests wait
 * here. The queue is in the ledger: it knows the order across all processes, and which tasks are running.
 */
export class ConcurrencyLimiter extends Context.Service<
  ConcurrencyLimiter,
  {
    /** Sends immediately if the queue is empty; else when it is this request's turn and a slot may be free. */
    send<A>(job: QueuedJob, send: Effect.Effect<A, KlingError>): Effect.Effect<A, KlingError>
  }
>()("@klingkit/jobs/ConcurrencyLimiter") {
  static readonly layer: Layer.Layer<ConcurrencyLimiter, never, Ledger | Queues | Snapshots> = Layer.effect(
    ConcurrencyLimiter,
    Effect.suspend(() => make)
  )
}

interface QueuedJob {
  readonly record: JobRecord & { readonly lease: Lease }
  /** Runs whenever the queue position changes. */
  readonly onQueued: (position: QueuePosition) => Effect.Effect<void>
}

/** What this process has learned about the concurrency limit of a queue key. */
interface LimitEstimate {
  /** Unknown until Kling has refused a request. */
  readonly limit?: number
  /** From then on one more than the limit is tried: it may have been raised, and other programs may use the account. */
  readonly nextProbeAt: number
  readonly refusals: number
}

const noEstimate: LimitEstimate = { nextProbeAt: 0, refusals: 0 }
const pauseMillis = 1000
const longestProbeSeconds = 30

const make = Effect.gen(function* () {
  const ledger = yield* Ledger
  const queues = yield* Queues
  const snapshots = yield* Snapshots
  const estimates = new Map<string, LimitEstimate>()

  const estimateOf = (record: JobRecord): LimitEstimate => estimates.get(keyOf(record)) ?? noEstimate
  const learn = (record: JobRecord, learned: Partial<LimitEstimate>) =>
    Effect.sync(() => void estimates.set(keyOf(record), { ...estimateOf(record), ...learned }))

  /** Tries once; nothing when all slots are in use. Either outcome improves the estimate. */
  const attempt = <A>(record: JobRecord, queue: QueueState, send: Effect.Effect<A, KlingError>) => {
    const inUse = slotsInUse(queue)
    return send.pipe(
      Effect.tap(() =>
        Effect.suspend(() => {
          const { limit } = estimateOf(record)
          const atLeast = limit === undefined ? {} : { limit: Math.max(limit, inUse + slotsOf(record)) }
          return learn(record, { refusals: 0, ...atLeast })
        })
      ),
      Effect.asSome,
      Effect.catchReason("KlingError", "ConcurrencyLimit", () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const { refusals } = estimateOf(record)
          // While our own tasks run, the end of one of them is what to wait for.
          const pauseSeconds = inUse > 0 ? longestProbeSeconds : Math.min(longestProbeSeconds, 2 ** refusals)
          const learned = { limit: inUse, refusals: refusals + 1, nextProbeAt: now + pauseSeconds * 1000 }
          return Effect.as(learn(record, learned), Option.none<A>())
        })
      ),
      Effect.ensuring(queues.invalidate(record))
    )
  }

  const mayTry = (queue: QueueState, record: JobRecord, now: number): boolean => {
    const { limit, nextProbeAt } = estimateOf(record)
    // Guards against clock skew: a probe time in the far future is ignored.
    const isProbeDue = now >= nextProbeAt || nextProbeAt > now + longestProbeSeconds * 1000
    return limit === undefined || slotsInUse(queue) + slotsOf(record) <= limit || isProbeDue
  }

  const tryIfFree = Effect.fnUntraced(function* <A>(
    record: JobRecord,
    queue: QueueState,
    send: Effect.Effect<A, KlingError>
  ) {
    return mayTry(queue, record, yield* Clock.currentTimeMillis)
      ? yield* attempt(record, queue, send)
      : Option.none<A>()
  })

  const waitInQueue = Effect.fnUntraced(function* <A>(
    { record, onQueued }: QueuedJob,
    send: Effect.Effect<A, KlingError>
  ) {
    yield* Effect.ignore(ledger.markQueued(record.handle, record.lease))
    yield* queues.invalidate(record)
    let reported = 0
    const turn = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const queue = yield* queues.read(record)
      const current = queuePositionIn(queue, record.handle, now) ?? { position: 1 }
      if (current.position !== reported) yield* onQueued(current)
      reported = current.position
      if (current.position > 1) return Option.none<A>()
      // Updates the running tasks in the ledger, including those of other processes, so that their ends are noticed.
      yield* snapshots.pollBatch(dueForPoll(queue, now))
      return yield* tryIfFree(record, yield* queues.read(record), send)
    })
    const pause = Effect.timeoutOption(queues.changed(record), pauseMillis)
    return yield* turn.pipe(
      Effect.tap((outcome) => (Option.isNone(outcome) ? pause : Effect.void)),
      Effect.repeat({ until: Option.isSome }),
      Effect.map(Option.getOrThrow)
    )
  })

  return ConcurrencyLimiter.of({
    send: Effect.fnUntraced(function* (job, send) {
      const queue = yield* queues.read(job.record)
      // New requests go to the end of the queue.
      const sent = queue.waiting.length === 0 ? yield* tryIfFree(job.record, queue, send) : Option.none()
      return Option.isSome(sent) ? sent.value : yield* waitInQueue(job, send)
    })
  })
})

const keyOf = ({ account, queueKey = "" }: JobRecord): string => `${account} ${queueKey}`
const slotsOf = ({ slots = 1 }: JobRecord): number => slots
const slotsInUse = ({ running }: QueueState): number => running.reduce((sum, { slots }) => sum + slots, 0)

/** The running tasks that may have ended since their last poll. */
const dueForPoll = ({ running }: QueueState, now: number): ReadonlyArray<string> =>
  running.flatMap(({ handle, sentAt = now, expectedSeconds = 60, polledAt = sentAt }) =>
    nextPollAt(sentAt, expectedSeconds, polledAt) <= now ? [handle] : []
  )
