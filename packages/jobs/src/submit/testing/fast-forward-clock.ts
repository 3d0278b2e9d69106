import { type Clock, Duration, Effect } from "effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A program that is idle for this many real milliseconds and turns of the event loop is only waiting for time to pass. */
const idleMillis = 4
const idleTurns = 8

/**
 * A clock that jumps to the end of the next pause whenever no call to the ledger or the network is in progress, and that
 * otherwise runs in real time. Minutes of polling and waiting pass at once, and no call times out too early.
 */
export class FastForwardClock implements Clock.Clock {
  #aheadMillis: number
  #inProgress = 0
  #calls = 0
  #timer: NodeJS.Timeout | undefined
  readonly #sleepers: Array<Sleeper> = []
  readonly #isStopped: () => boolean

  /** Nothing wakes once it `isStopped`: a program that has crashed has no time-outs that end its work. */
  constructor(aheadMillis: number, isStopped: () => boolean) {
    this.#aheadMillis = aheadMillis
    this.#isStopped = isStopped
  }

  /** A call during which the clock does not jump. */
  during<A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.acquireUseRelease(
      Effect.sync(() => this.#count(1)),
      () => call,
      () => Effect.sync(() => this.#count(-1))
    )
  }

  currentTimeMillisUnsafe(): number {
    return Date.now() + this.#aheadMillis
  }
  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.currentTimeMillisUnsafe())) * 1_000_000n
  }
  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }
  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const at = this.currentTimeMillisUnsafe() + Duration.toMillis(duration)
      const sleeper = { at, wake: () => resume(Effect.void) }
      this.#sleepers.splice(this.#sleepers.findLastIndex((other) => other.at <= at) + 1, 0, sleeper)
      this.#watch()
      return Effect.sync(() => {
        const index = this.#sleepers.indexOf(sleeper)
        if (index !== -1) this.#sleepers.splice(index, 1)
      })
    })
  }

  #count(step: 1 | -1): void {
    this.#inProgress += step
    this.#calls += 1
    this.#watch()
  }

  #watch(): void {
    clearTimeout(this.#timer)
    const next = this.#sleepers[0]
    if (next === undefined) return
    const remaining = next.at - this.currentTimeMillisUnsafe()
    this.#timer =
      this.#inProgress > 0
        ? setTimeout(() => this.#wakeNext(), Math.max(0, remaining))
        : setTimeout(() => this.#wakeIfIdle(idleTurns, this.#calls), idleMillis)
  }

  /** Timers fire late on a busy machine, while the work that they should have waited for may still be queued. */
  #wakeIfIdle(turns: number, calls: number): void {
    if (this.#calls !== calls) return
    if (turns === 0) this.#wakeNext()
    else setImmediate(() => this.#wakeIfIdle(turns - 1, calls))
  }

  #wakeNext(): void {
    if (this.#isStopped()) return
    const next = this.#sleepers.shift()
    if (next === undefined) return
    this.#aheadMillis += Math.max(0, next.at - this.currentTimeMillisUnsafe())
    next.wake()
    this.#watch()
  }
}
