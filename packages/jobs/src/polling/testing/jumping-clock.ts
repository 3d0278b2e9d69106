import { type Clock, type Duration, Effect } from "effect"

/** A wall clock that can be set forward or back; pauses are not affected, like timers. */
export class JumpingClock implements Clock.Clock {
  #offsetMillis = 0
  readonly #clock: Clock.Clock

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  jump(millis: number): void {
    this.#offsetMillis += millis
  }

  currentTimeMillisUnsafe(): number {
    return this.#clock.currentTimeMillisUnsafe() + this.#offsetMillis
  }
  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.currentTimeMillisUnsafe()) * 1_000_000n
  }
  monotonicTimeNanosUnsafe(): bigint {
    return this.#clock.monotonicTimeNanosUnsafe()
  }
  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return this.#clock.sleep(duration)
  }
}
