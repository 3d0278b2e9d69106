import { Clock, Duration, Effect, Random, Ref, Schedule } from "effect"
import type { KlingError, KlingErrorReason } from "../errors/kling-error.ts"

/** When failed requests are sent again. What may be sent again is not up to the schedule. */
export type RetrySchedule = Schedule.Schedule<unknown, KlingError>

/**
 * Four retries, with exponential backoff and full jitter: a delay is anything from 0 to 1, 2, 4 and 8 seconds.
 *
 * @example
 * ```ts
 * import { Kling, retrySchedule } from "@klingkit/core"
 * import { Effect, Schedule } from "effect"
 *
 * const impatient = Kling.layerConfig({ retrySchedule: Schedule.upTo(retrySchedule, { times: 1 }) })
 * const logging = Schedule.tap(retrySchedule, ({ input }) => Effect.logDebug(`again after ${input.code}`))
 * ```
 */
export const retrySchedule: RetrySchedule = Schedule.min([
  Schedule.exponential("1 second"),
  Schedule.spaced("20 seconds")
]).pipe(
  Schedule.upTo({ times: 4 }),
  Schedule.modifyDelay(({ duration }) =>
    Effect.map(Random.next, (random) => Math.floor(random * Duration.toMillis(duration)))
  )
)

/** What applies to every schedule. */
export const retryLimits = {
  /** The longest `Retry-After` delay that is honoured. */
  retryAfterCapMillis: 60_000,
  /** No retry starts later than this after the first attempt. */
  giveUpAfterMillis: 90_000,
  /** A token bucket shared by all calls of one client: during an outage, retries stop instead of multiplying the load. */
  budget: { tokens: 250, transientCost: 14, throttledCost: 5, refund: 1 }
} as const

type Tag = KlingErrorReason["_tag"]
const throttled: ReadonlySet<Tag> = new Set(["RateLimited", "ConcurrencyLimit"])
/** The server created nothing, so even a paid request may be sent again. */
const neverAccepted: ReadonlySet<Tag> = new Set(["RateLimited", "ConcurrencyLimit", "NotConnected"])

/** Reads have no side effects: every transient failure is retried. */
export const canRetryRead = (error: KlingError): boolean => error.isRetryable

/** A paid request is retried only when it was certainly not accepted. */
export const canRetryPaid = (error: KlingError): boolean => neverAccepted.has(error.reason._tag)

/** The same, except when every concurrency slot is in use: only the end of a task frees one. */
export const canRetryPaidNow = (error: KlingError): boolean =>
  canRetryPaid(error) && error.reason._tag !== "ConcurrencyLimit"

export interface Retrier {
  /** Runs `effect` and retries failures that `canRetry` allows, within schedule, limits and budget. */
  readonly retry: <A>(
    effect: Effect.Effect<A, KlingError>,
    canRetry: (error: KlingError) => boolean
  ) => Effect.Effect<A, KlingError>
}

export const makeRetrier = Effect.fnUntraced(function* (schedule: RetrySchedule): Effect.fn.Return<Retrier> {
  const { tokens, transientCost, throttledCost, refund } = retryLimits.budget
  const bucket = yield* Ref.make<number>(tokens)
  const credit = Ref.update(bucket, (balance) => Math.min(tokens, balance + refund))
  const spend = ({ reason }: KlingError) => {
    const cost = throttled.has(reason._tag) ? throttledCost : transientCost
    return Ref.modify(bucket, (balance) => (balance >= cost ? [true, balance - cost] : [false, balance]))
  }

  const limited = (canRetry: (error: KlingError) => boolean, latestMillis: number): RetrySchedule =>
    schedule.pipe(
      Schedule.while(({ input }) => canRetry(input)),
      Schedule.modifyDelay(({ input, duration }) => Effect.succeed(Duration.max(duration, requestedDelay(input)))),
      Schedule.while(({ now, duration }) => now + Duration.toMillis(duration) <= latestMillis),
      Schedule.while(({ input }) => spend(input))
    )

  return {
    retry: (effect, canRetry) =>
      Effect.flatMap(Clock.currentTimeMillis, (startedMillis) =>
        Effect.retry(effect, limited(canRetry, startedMillis + retryLimits.giveUpAfterMillis))
      ).pipe(Effect.tap(() => credit))
  }
})

const requestedDelay = ({ reason }: KlingError): Duration.Duration => {
  const seconds = "retryAfterSeconds" in reason ? (reason.retryAfterSeconds ?? 0) : 0
  return Duration.millis(Math.min(retryLimits.retryAfterCapMillis, Math.max(0, seconds * 1000)))
}
