import { type Clock, type Duration, Effect } from "effect"

/** The wall clock of a process, which can be set forward or back; timers and the monotonic clock are not affected. */
export class ProcessClock implements Clock.Clock {
  /** By how much it is ahead of the world's. */
  offsetMillis = 0
  /** When it was set last, by the world's clock; never, if Infinity. */
  jumpedAt = Infinity
  readonly #world: Clock.Clock
  readonly #jumpsUnnoticed: boolean

  /** `jumpsUnnoticed`: the monotonic clock jumps as well. */
  constructor(world: Clock.Clock, jumpsUnnoticed: boolean) {
    this.#world = world
    this.#jumpsUnnoticed = jumpsUnnoticed
  }

  jump(millis: number): void {
    if (millis === 0) return
    this.offsetMillis += millis
    this.jumpedAt = this.worldMillis
  }

  /** The right time. */
  get worldMillis(): number {
    return this.#world.currentTimeMillisUnsafe()
  }

  currentTimeMillisUnsafe(): number {
    return this.#world.currentTimeMillisUnsafe() + this.offsetMillis
  }
  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.currentTimeMillisUnsafe())) * 1_000_000n
  }
  monotonicTimeNanosUnsafe(): bigint {
    return this.#jumpsUnnoticed ? this.currentTimeNanosUnsafe() : this.#world.monotonicTimeNanosUnsafe()
  }
  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return this.#world.sleep(duration)
  }
}
