import { Effect, Fiber, type Result } from "effect"
import { TestClock } from "effect/testing"

/** Runs an effect that waits on the virtual clock and on real files to its end, advancing the clock in small steps. */
export const inVirtualTime = Effect.fnUntraced(function* <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.fn.Return<Result.Result<A, E>, never, R> {
  const running = yield* Effect.forkChild(Effect.result(effect))
  for (let step = 0; step < 20_000 && running.pollUnsafe() === undefined; step++) {
    yield* TestClock.withLive(Effect.sleep("1 millis"))
    yield* TestClock.adjust("100 millis")
  }
  if (running.pollUnsafe() === undefined)
    return yield* Effect.die(new Error("still running after half an hour of virtual time"))
  return yield* Fiber.join(running)
})
