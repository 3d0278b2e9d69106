import { Clock, Context, Effect } from "effect"

/** Work in the background that has to come to an end, or to a next turn, before long. */
export interface ProgressWatch {
  /** Work that is late when it has not ended, and not begun another turn, within `lateAfterMillis` after a turn has begun. */
  watch(name: string): Watched
  /** What is late, by name. */
  readonly late: Effect.Effect<ReadonlyArray<string>>
}

export interface Watched {
  /** It begins a turn. */
  readonly turn: Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

/** All that one turn waits for has a timeout, and these add up to less. */
const lateAfterMillis = 15 * 60_000

const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

export const makeProgressWatch = (): ProgressWatch => {
  const running = new Map<symbol, { readonly name: string; readonly since: number }>()
  return {
    watch: (name) => {
      const id = Symbol(name)
      return {
        turn: Effect.map(monotonicMillis, (since) => void running.set(id, { name, since })),
        end: Effect.sync(() => void running.delete(id))
      }
    },
    late: Effect.map(monotonicMillis, (now) => [
      ...new Set([...running.values()].filter(({ since }) => now - since > lateAfterMillis).map(({ name }) => name))
    ])
  }
}

/** The watch of this process, on all jobs in it. */
export const ProgressWatch = Context.Reference<ProgressWatch>("@klingkit/jobs/ProgressWatch", {
  defaultValue: makeProgressWatch
})
