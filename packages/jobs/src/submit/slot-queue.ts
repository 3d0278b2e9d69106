import type { KlingError } from "@klingkit/core"
import { Clock, Effect, Option } from "effect"
import type { JobRecord, Lease } from "../ledger/job-record.ts"
import type { Lane } from "../ledger/lanes.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { makeAlarms } from "../watch/alarms.ts"
import { nextLookAt } from "../watch/look-times.ts"
import { placeIn, type QueuePlace } from "./queue-place.ts"

/**
 * Kling runs so many tasks of a model at once; a request beyond that is refused without a charge. Such requests wait
 * here, and the ledger is the line: it knows who came first, in this process or another, and what is running.
 */
export interface SlotQueue {
  /** Sends at once where nobody waits; else when it is this request's turn and a place may be free. */
  readonly send: <A>(job: QueuedJob, send: Effect.Effect<A, KlingError>) => Effect.Effect<A, KlingError>
  /** A task has ended: the first in its line asks at once. */
  readonly freed: (ended: Pick<JobRecord, "account" | "lane">) => Effect.Effect<void>
}

export interface QueuedJob {
  readonly ledger: Ledger["Service"]
  readonly record: JobRecord & { readonly lease: Lease }
  /** At every change of the place in line. */
  readonly onQueued: (place: QueuePlace) => Effect.Effect<void>
}

/** What this process has learned of a lane. */
interface Learned {
  /** So many places there are; unknown until Kling has refused one more. */
  ceiling?: number
  /** From then on one more than that is tried: it may have risen, and others may use the account. */
  probeAt: number
  refusals: number
  seen?: { readonly lane: Lane; readonly at: number }
}

const viewMillis = 500
const pauseMillis = 1000
const longestProbeSeconds = 30
const empty: Lane = { running: [], waiting: [] }

/** `look` finds out how running tasks stand, also those of other programs, so that their ends are noticed. */
export const makeSlotQueue = (
  look: (ledger: Ledger["Service"], handles: ReadonlyArray<string>) => Effect.Effect<unknown>
): SlotQueue => {
  const lanes = new Map<string, Learned>()
  const moves = makeAlarms()
  const keyOf = ({ account, lane = "" }: Pick<JobRecord, "account" | "lane">) => `${account} ${lane}`

  const learnedOf = (key: string): Learned => {
    const learned = lanes.get(key) ?? { probeAt: 0, refusals: 0 }
    lanes.set(key, learned)
    return learned
  }

  const moved = (key: string) =>
    Effect.suspend(() => {
      delete learnedOf(key).seen
      return moves.ring(key)
    })

  /** One view of a lane for all who wait there in this process. Without a ledger to read nobody is seen to be before. */
  const laneOf = Effect.fnUntraced(function* ({ ledger, record }: QueuedJob) {
    const learned = learnedOf(keyOf(record))
    const now = yield* Clock.currentTimeMillis
    if (learned.seen !== undefined && Math.abs(now - learned.seen.at) < viewMillis) return learned.seen.lane
    const lane = yield* Effect.orElseSucceed(ledger.lane(record.account, record.lane ?? ""), () => empty)
    learned.seen = { lane, at: now }
    return lane
  })

  /** One try; nothing when all places are taken. Either way something is learned. */
  const attempt = <A>({ record }: QueuedJob, lane: Lane, send: Effect.Effect<A, KlingError>) => {
    const key = keyOf(record)
    const learned = learnedOf(key)
    const inUse = slotsOf(lane)
    return send.pipe(
      Effect.tap(() => {
        learned.refusals = 0
        if (learned.ceiling !== undefined) learned.ceiling = Math.max(learned.ceiling, inUse + slotsOfOne(record))
        return Effect.void
      }),
      Effect.asSome,
      Effect.catchReason("KlingError", "SlotsTaken", () =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          // While tasks of ours run, the end of one is what to wait for.
          const pauseSeconds = inUse > 0 ? longestProbeSeconds : Math.min(longestProbeSeconds, 2 ** learned.refusals)
          learned.ceiling = inUse
          learned.refusals += 1
          learned.probeAt = now + pauseSeconds * 1000
          return Option.none<A>()
        })
      ),
      Effect.ensuring(moved(key))
    )
  }

  const mayTry = (lane: Lane, record: JobRecord, now: number): boolean => {
    const { ceiling, probeAt } = learnedOf(keyOf(record))
    // A time far ahead stands for a clock that was set back.
    const isProbeDue = now >= probeAt || probeAt > now + longestProbeSeconds * 1000
    return ceiling === undefined || slotsOf(lane) + slotsOfOne(record) <= ceiling || isProbeDue
  }

  const inLine = <A>(job: QueuedJob, send: Effect.Effect<A, KlingError>): Effect.Effect<A, KlingError> =>
    Effect.gen(function* () {
      const { ledger, record, onQueued } = job
      yield* Effect.ignore(ledger.markQueued(record.handle, record.lease))
      const key = keyOf(record)
      yield* moved(key)
      let told = 0
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        const lane = yield* laneOf(job)
        const place = placeIn(lane, record.handle, now) ?? { position: 1 }
        if (place.position !== told) yield* onQueued(place)
        told = place.position
        if (place.position === 1) {
          yield* look(ledger, dueIn(lane, now))
          const fresh = yield* laneOf(job)
          const sent = mayTry(fresh, record, now) ? yield* attempt(job, fresh, send) : Option.none<A>()
          if (Option.isSome(sent)) return sent.value
        }
        yield* Effect.raceFirst(Effect.sleep(pauseMillis), moves.next(key))
      }
    })

  return {
    freed: (ended) => moved(keyOf(ended)),
    send: Effect.fnUntraced(function* (job, send) {
      const lane = yield* laneOf(job)
      // Whoever comes later goes to the end of the line.
      const isFree = lane.waiting.length === 0 && mayTry(lane, job.record, yield* Clock.currentTimeMillis)
      const sent = isFree ? yield* attempt(job, lane, send) : Option.none()
      return Option.isSome(sent) ? sent.value : yield* inLine(job, send)
    })
  }
}

const slotsOfOne = ({ slots = 1 }: JobRecord): number => slots
const slotsOf = ({ running }: Lane): number => running.reduce((sum, { slots }) => sum + slots, 0)

/** Running tasks that may have ended since they were last looked at. */
const dueIn = ({ running }: Lane, now: number): ReadonlyArray<string> =>
  running.flatMap(({ handle, sentAt = now, usualSeconds = 60, lookedAt = sentAt }) =>
    nextLookAt(sentAt, usualSeconds, lookedAt) <= now ? [handle] : []
  )
