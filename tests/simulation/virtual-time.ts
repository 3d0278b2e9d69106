import { Clock, Duration, Effect, Fiber, type Scheduler } from "effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * A scheduler with virtual time. It picks the next runnable fiber by `draw`, and advances the clock only when none is
 * runnable: the same draws give the same run.
 */
export class VirtualTime {
  now: number
  readonly #draw: () => number
  readonly #ready: Array<() => void> = []
  readonly #sleepers: Array<Sleeper> = []

  constructor(startsAt: number, draw: () => number) {
    this.now = startsAt
    this.#draw = draw
  }

  /** Runs an effect and the fibers that it forks, until the effect has completed. */
  async run<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
    const fiber = Effect.runFork(Effect.provideService(effect, Clock.Clock, this.#clock), {
      scheduler: this.#scheduler
    })
    while (fiber.pollUnsafe() === undefined) {
      this.#runReady()
      // All promises of the simulation settle in memory: after one turn of the event loop none is pending.
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (this.#ready.length > 0 || fiber.pollUnsafe() !== undefined) continue
      const next = this.#sleepers.shift()
      if (next === undefined) throw new Error("no fiber is runnable or sleeping: deadlock in the simulation")
      this.now = Math.max(this.now, next.at)
      next.wake()
    }
    return Effect.runPromise(Fiber.join(fiber))
  }

  #runReady(): void {
    while (this.#ready.length > 0) {
      const index = Math.floor(this.#draw() * this.#ready.length)
      const [task] = this.#ready.splice(index, 1)
      task?.()
    }
  }

  readonly #scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= 2048,
    makeDispatcher: () => ({
      scheduleTask: (task) => void this.#ready.push(task),
      flush: () => this.#runReady()
    })
  }

  readonly #clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => this.now,
    currentTimeMillis: Effect.sync(() => this.now),
    currentTimeNanosUnsafe: () => BigInt(Math.floor(this.now)) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(Math.floor(this.now)) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => BigInt(Math.floor(this.now)) * 1_000_000n,
    monotonicTimeNanos: Effect.sync(() => BigInt(Math.floor(this.now)) * 1_000_000n),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper = { at: this.now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        this.#sleepers.splice(this.#sleepers.findLastIndex((other) => other.at <= sleeper.at) + 1, 0, sleeper)
        return Effect.sync(() => {
          const index = this.#sleepers.indexOf(sleeper)
          if (index !== -1) this.#sleepers.splice(index, 1)
        })
      })
  }
}
