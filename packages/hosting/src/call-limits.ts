import { Context, Data, Duration, Effect, Layer, type Scope } from "effect"
import * as RateLimiter from "effect/persistence/RateLimiter"

/** A caller asks for more than its share. Nothing was sent. */
export class TooManyCalls extends Data.TaggedError("TooManyCalls")<{
  readonly message: string
  readonly retryAfterSeconds: number
}> {}

export interface Limits {
  readonly callsPerMinute: number
  /** Calls of one caller that are being served at the same time, waits included. */
  readonly concurrentCalls: number
}

export const defaultLimits: Limits = { callsPerMinute: 600, concurrentCalls: 32 }

/** What one caller may ask of this process, so that it leaves room for the others. */
export class CallLimits extends Context.Service<
  CallLimits,
  {
    /** Counts a call of a caller until the scope closes. */
    admit(caller: string): Effect.Effect<void, TooManyCalls, Scope.Scope>
  }
>()("@klingkit/hosting/CallLimits") {
  static readonly layer = ({ callsPerMinute, concurrentCalls }: Limits): Layer.Layer<CallLimits> =>
    Layer.effect(
      CallLimits,
      Effect.gen(function* () {
        const limiter = yield* RateLimiter.make
        const running = new Map<string, number>()
        const change = (caller: string, by: number) => {
          const count = (running.get(caller) ?? 0) + by
          if (count === 0) running.delete(caller)
          else running.set(caller, count)
        }
        return {
          admit: Effect.fnUntraced(function* (caller) {
            if ((running.get(caller) ?? 0) >= concurrentCalls) {
              return yield* new TooManyCalls({
                message: `at most ${concurrentCalls} calls at a time; wait for one to end`,
                retryAfterSeconds: 1
              })
            }
            yield* Effect.acquireRelease(
              Effect.sync(() => change(caller, 1)),
              () => Effect.sync(() => change(caller, -1))
            )
            const rate = { key: caller, limit: callsPerMinute, window: "1 minute", algorithm: "token-bucket" } as const
            yield* limiter.consume(rate).pipe(
              Effect.catchTag("RateLimiterError", ({ reason }) =>
                // Its store is this process: it cannot fail.
                reason._tag === "RateLimitExceeded"
                  ? Effect.fail(
                      new TooManyCalls({
                        message: `at most ${callsPerMinute} calls a minute`,
                        retryAfterSeconds: Math.max(1, Math.ceil(Duration.toSeconds(reason.retryAfter)))
                      })
                    )
                  : Effect.void
              )
            )
          })
        }
      })
    ).pipe(Layer.provide(RateLimiter.layerStoreMemory))
}
