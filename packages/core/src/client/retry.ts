import { Effect, Random, Ref } from "effect"
import type { KlingError, KlingErrorReason } from "../errors/kling-error.ts"

/** The one policy for asking again. Full jitter: a delay is anything from 0 to the doubled step. */
export const retryPolicy = {
  maxRetries: 4,
  baseMillis: 1000,
  capMillis: 20_000,
  /** A server that asks for a longer pause than this is not waited for. */
  retryAfterCapMillis: 60_000,
  /** A bucket shared by all calls of one client: in an outage, retries dry up instead of multiplying the load. */
  budget: { tokens: 500, transientCost: 14, throttledCost: 5, refund: 1 }
} as const

type Tag = KlingErrorReason["_tag"]
const throttled: ReadonlySet<Tag> = new Set(["RateLimited", "SlotsTaken"])
/** Nothing came into being on the server, so even a paid request may go out again. */
const neverAccepted: ReadonlySet<Tag> = new Set(["RateLimited", "SlotsTaken", "NotConnected"])

/** Reads change nothing: whatever may pass by itself is asked again. */
export const mayRepeatRead = (error: KlingError): boolean =>
  error.isRetryable || (error.reason._tag === "UnexpectedAnswer" && (error.httpStatus ?? 0) >= 500)

/** A paid request goes out again only when it was certainly not accepted. */
export const mayRepeatPaid = (error: KlingError): boolean => neverAccepted.has(error.reason._tag)

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

  const attemptFrom = <A>(
    attempt: number,
    effect: Effect.Effect<A, KlingError>,
    mayRepeat: (error: KlingError) => boolean
  ): Effect.Effect<A, KlingError> =>
    effect.pipe(
      Effect.tap(() => reward),
      Effect.catch((error) =>
        Effect.gen(function* () {
          const affordable =
            attempt < retryPolicy.maxRetries &&
            mayRepeat(error) &&
            (yield* pay(throttled.has(error.reason._tag) ? throttledCost : transientCost))
          if (!affordable) return yield* error
          const asked = "retryAfterSeconds" in error.reason ? error.reason.retryAfterSeconds : undefined
          yield* Effect.sleep(retryDelayMillis(attempt, yield* Random.next, asked))
          return yield* attemptFrom(attempt + 1, effect, mayRepeat)
        })
      )
    )

  return { retry: (effect, mayRepeat) => attemptFrom(0, effect, mayRepeat) }
})
