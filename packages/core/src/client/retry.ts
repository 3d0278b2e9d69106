import { Clock, Effect, Random, Ref, Result } from "effect"
import type { KlingError, KlingErrorReason } from "../errors/kling-error.ts"

/** The one policy for asking again. Full jitter: a delay is anything from 0 to the doubled step. */
export const retryPolicy = {
  maxRetries: 4,
  baseMillis: 1000,
  capMillis: 20_000,
  /** The longest pause that a server is granted when it asks for one. */
  retryAfterCapMillis: 60_000,
  /** No retry starts later than this after the first try. */
  giveUpAfterMillis: 90_000,
  /** A bucket shared by all calls of one client: in an outage, retries dry up instead of multiplying the load. */
  budget: { tokens: 250, transientCost: 14, throttledCost: 5, refund: 1 }
} as const

type Tag = KlingErrorReason["_tag"]
const throttled: ReadonlySet<Tag> = new Set(["RateLimited", "SlotsTaken"])
/** Nothing came into being on the server, so even a paid request may go out again. */
const neverAccepted: ReadonlySet<Tag> = new Set(["RateLimited", "SlotsTaken", "NotConnected"])

/** Reads change nothing: whatever may pass by itself is asked again. */
export const mayRepeatRead = (error: KlingError): boolean => error.isRetryable

/** A paid request goes out again only when it was certainly not accepted. */
export const mayRepeatPaid = (error: KlingError): boolean => neverAccepted.has(error.reason._tag)

/** The same, but for a full queue: only the end of a task makes room there. */
export const mayRepeatAtOnce = (error: KlingError): boolean =>
  mayRepeatPaid(error) && error.reason._tag !== "SlotsTaken"

/** Milliseconds to wait before retry number `attempt` (0 first); `random` is between 0 and 1. */
export const retryDelayMillis = (attempt: number, random: number, retryAfterSeconds: number | undefined): number => {
  const step = Math.min(retryPolicy.capMillis, retryPolicy.baseMillis * 2 ** Math.min(attempt, 30))
  const asked = Math.min(retryPolicy.retryAfterCapMillis, Math.max(0, (retryAfterSeconds ?? 0) * 1000))
  return Math.max(asked, Math.floor(random * step))
}

export interface Retrier {
  /** Runs `effect`, and again after failures that `mayRepeat` lets pass, within policy and budget. */
  readonly retry: <A>(
    effect: Effect.Effect<A, KlingError>,
    mayRepeat: (error: KlingError) => boolean
  ) => Effect.Effect<A, KlingError>
}

export const makeRetrier: Effect.Effect<Retrier> = Effect.gen(function* () {
  const { tokens, transientCost, throttledCost, refund } = retryPolicy.budget
  const bucket = yield* Ref.make<number>(tokens)
  const pay = (cost: number) =>
    Ref.modify(bucket, (left) => (left >= cost ? ([true, left - cost] as const) : ([false, left] as const)))
  const reward = Ref.update(bucket, (left) => Math.min(tokens, left + refund))

  const retry = Effect.fnUntraced(function* <A>(
    effect: Effect.Effect<A, KlingError>,
    mayRepeat: (error: KlingError) => boolean
  ): Effect.fn.Return<A, KlingError> {
    const latest = (yield* Clock.currentTimeMillis) + retryPolicy.giveUpAfterMillis
    for (let attempt = 0; ; attempt++) {
      const tried = yield* Effect.result(effect)
      if (Result.isSuccess(tried)) {
        yield* reward
        return tried.success
      }
      const error = tried.failure
      if (attempt === retryPolicy.maxRetries || !mayRepeat(error)) return yield* error
      const asked = "retryAfterSeconds" in error.reason ? error.reason.retryAfterSeconds : undefined
      const delay = retryDelayMillis(attempt, yield* Random.next, asked)
      const late = (yield* Clock.currentTimeMillis) + delay > latest
      const cost = throttled.has(error.reason._tag) ? throttledCost : transientCost
      if (late || !(yield* pay(cost))) return yield* error
      yield* Effect.sleep(delay)
    }
  })

  return { retry }
})
