import { Clock, Effect, Fiber, type Result } from "effect"
import { TestClock } from "effect/testing"

/** The result of an effect, and the virtual seconds it took. */
export interface TimedResult<A, E> {
  readonly result: Result.Result<A, E>
  readonly seconds: number
}

/** Runs an effect to completion while advancing the virtual clock, an hour at most. */
export const inVirtualTime = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<TimedResult<A, E>, never, R> {
  const started = yield* Clock.currentTimeMillis
  const running = yield* Effect.forkChild(Effect.all([Effect.result(effect), Clock.currentTimeMillis]))
  yield* TestClock.adjust("1 hour")
  if (running.pollUnsafe() === undefined) return yield* Effect.die(new Error("still running after a virtual hour"))
  const [result, ended] = yield* Fiber.join(running)
  return { result, seconds: (ended - started) / 1000 }
})

/** The same for effects that also need real time, such as signing: the clock advances in small steps. */
export const inMixedTime = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<TimedResult<A, E>, never, R> {
  const started = yield* Clock.currentTimeMillis
  const running = yield* Effect.forkChild(Effect.all([Effect.result(effect), Clock.currentTimeMillis]))
  for (let step = 0; step < 720 && running.pollUnsafe() === undefined; step++) {
    yield* TestClock.withLive(Effect.sleep("1 millis"))
    yield* TestClock.adjust("5 seconds")
  }
  if (running.pollUnsafe() === undefined) return yield* Effect.die(new Error("still running after a virtual hour"))
  const [result, ended] = yield* Fiber.join(running)
  return { result, seconds: (ended - started) / 1000 }
})
