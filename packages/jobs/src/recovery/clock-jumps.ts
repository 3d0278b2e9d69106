import { Clock, Effect } from "effect"

/** Clocks drift apart, and are adjusted, by less than this. */
const toleranceMillis = 5000

/**
 * Leases end by the wall clock. After it was set, or after the machine slept, those of living processes look expired until they
 * are renewed: the result is for how long they should not be trusted, 0 for now. A jump is a difference between the wall clock
 * and the monotonic one since the last call.
 */
export const makeClockJumps = Effect.fnUntraced(function* (leaseSeconds: number) {
  const read = Effect.gen(function* () {
    const wall = yield* Clock.currentTimeMillis
    return { wall, monotonic: Number((yield* Clock.monotonicTimeNanos) / 1_000_000n) }
  })
  let last = yield* read
  let distrustedUntil = -Infinity
  return Effect.map(read, (now) => {
    const jump = now.wall - last.wall - (now.monotonic - last.monotonic)
    if (Math.abs(jump) > toleranceMillis) distrustedUntil = now.monotonic + leaseSeconds * 1000
    last = now
    return Math.max(0, distrustedUntil - now.monotonic)
  })
})
