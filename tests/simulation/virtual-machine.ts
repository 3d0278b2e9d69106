import { Clock, Duration, Effect, Fiber, type Scheduler } from "effect"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * One machine on virtual time. Which of the fibres that could go on does so is drawn, and the clock moves only when none
 * can: the same draws give the same run.
 */
export class VirtualMachine {
  now: number
  readonly #draw: () => number
  readonly #ready: Array<() => void> = []
  readonly #sleepers: Array<Sleeper> = []

  constructor(startsAt: number, draw: () => number) {
    this.now = startsAt
    this.#draw = draw
  }

  /** Runs a program, and whatever it leaves running in the background, until the program has ended. */
  async run<A, E>(program: Effect.Effect<A, E>): Promise<A> {
    const fibre = Effect.runFork(Effect.provideService(program, Clock.Clock, this.#clock), {
      scheduler: this.#scheduler
    })
    while (fibre.pollUnsafe() === undefined) {
      this.#runReady()
      // All promises of the simulation are settled in memory: after one turn of the event loop none is left.
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (this.#ready.length > 0 || fibre.pollUnsafe() !== undefined) continue
      const next = this.#sleepers.shift()
      if (next === undefined) throw new Error("nobody can go on and nobody sleeps: the simulation is stuck")
      this.now = Math.max(this.now, next.at)
      next.wake()
    }
    return Effect.runPromise(Fiber.join(fibre))
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
    shouldYield: (fibre) => fibre.currentOpCount >= 2048,
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
        this.#sleepers.splice(this.#sleepers.findLastIndex((one) => one.at <= sleeper.at) + 1, 0, sleeper)
        return Effect.sync(() => {
          const index = this.#sleepers.indexOf(sleeper)
          if (index !== -1) this.#sleepers.splice(index, 1)
        })
      })
  }
}
