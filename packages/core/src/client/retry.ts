import { Clock, Effect, Random, Ref, Result } from "effect"
import type { KlingError, KlingErrorReason } from "../errors/kling-error.ts"

/** The retry policy: exponential backoff with full jitter, so a delay is anything from 0 to the doubled step. */
export const retryPolicy = {
  maxRetries: 4,
  baseMillis: 1000,
  capMillis: 20_000,
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

/** Milliseconds to wait before retry number `attempt` (0 first); `random` is between 0 and 1. */
export const retryDelayMillis = (attempt: number, random: number, retryAfterSeconds: number | undefined): number => {
  const step = Math.min(retryPolicy.capMillis, retryPolicy.baseMillis * 2 ** Math.min(attempt, 30))
  const requested = Math.min(retryPolicy.retryAfterCapMillis, Math.max(0, (retryAfterSeconds ?? 0) * 1000))
  return Math.max(requested, Math.floor(random * step))
}

export interface Retrier {
  /** Runs `effect` and retries failures that `canRetry` allows, within policy and budget. */
  readonly retry: <A>(
    effect: Effect.Effect<A, KlingError>,
    canRetry: (error: KlingError) => boolean
  ) => Effect.Effect<A, KlingError>
}

export const makeRetrier: Effect.Effect<Retrier> = Effect.gen(function* () {
  const { tokens, transientCost, throttledCost, refund } = retryPolicy.budget
  const bucket = yield* Ref.make<number>(tokens)
  const spend = (cost: number) =>
    Ref.modify(bucket, (balance) => (balance >= cost ? ([true, balance - cost] as const) : ([false, balance] as const)))
  const credit = Ref.update(bucket, (balance) => Math.min(tokens, balance + refund))

  const retry = Effect.fnUntraced(function* <A>(
    effect: Effect.Effect<A, KlingError>,
    canRetry: (error: KlingError) => boolean
  ): Effect.fn.Return<A, KlingError> {
    const latest = (yield* Clock.currentTimeMillis) + retryPolicy.giveUpAfterMillis
    for (let attempt = 0; ; attempt++) {
      const result = yield* Effect.result(effect)
      if (Result.isSuccess(result)) {
        yield* credit
        return result.success
      }
      const error = result.failure
      if (attempt === retryPolicy.maxRetries || !canRetry(error)) return yield* error
      const requested = "retryAfterSeconds" in error.reason ? error.reason.retryAfterSeconds : undefined
      const delay = retryDelayMillis(attempt, yield* Random.next, requested)
      const tooLate = (yield* Clock.currentTimeMillis) + delay > latest
      const cost = throttled.has(error.reason._tag) ? throttledCost : transientCost
      if (tooLate || !(yield* spend(cost))) return yield* error
      yield* Effect.sleep(delay)
    }
  })

  return { retry }
})
