import { Clock, Effect, Fiber, type Result } from "effect"
import { TestClock } from "effect/testing"

/** How an effect ended, and after how many virtual seconds. */
export interface Ended<A, E> {
  readonly result: Result.Result<A, E>
  readonly seconds: number
}

/** Runs an effect to its end, turning the virtual clock for it, an hour at most. */
export const inVirtualTime = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<Ended<A, E>, never, R> {
  const started = yield* Clock.currentTimeMillis
  const running = yield* Effect.forkChild(Effect.all([Effect.result(effect), Clock.currentTimeMillis]))
  yield* TestClock.adjust("1 hour")
  if (running.pollUnsafe() === undefined) return yield* Effect.die(new Error("still running after a virtual hour"))
  const [result, ended] = yield* Fiber.join(running)
  return { result, seconds: (ended - started) / 1000 }
})

/** The same for what also needs real time now and then, such as signing: the clock goes on in small steps. */
export const inMixedTime = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<Ended<A, E>, never, R> {
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
