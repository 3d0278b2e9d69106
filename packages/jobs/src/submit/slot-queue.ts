import type { KlingError } from "@klingkit/core"
import { Effect, Latch, Semaphore } from "effect"

/** Where a request stands that has to wait for a running task to end: 1 is next. */
export interface QueuePlace {
  readonly position: number
}

/**
 * Kling runs so many tasks of a model at once; a request beyond that is refused without a charge. Such requests wait
 * here, in the order in which they came, and only the first of them asks again.
 */
export interface SlotQueue {
  readonly send: <A>(
    key: string,
    send: Effect.Effect<A, KlingError>,
    onQueued: (place: QueuePlace) => Effect.Effect<void>
  ) => Effect.Effect<A, KlingError>
  /** A task has ended: the first in line asks at once. */
  readonly freed: Effect.Effect<void>
}

interface Line {
  readonly turn: Semaphore.Semaphore
  waiting: number
}

/** Longest pause between two tries of the first in line, when no end of a task was seen: others may use the account too. */
const longestPauseSeconds = 30

export const makeSlotQueue: Effect.Effect<SlotQueue> = Effect.gen(function* () {
  const lines = new Map<string, Line>()
  const ended = yield* Latch.make(false)

  const lineOf = Effect.fnUntraced(function* (key: string) {
    const known = lines.get(key)
    if (known !== undefined) return known
    const line: Line = { turn: yield* Semaphore.make(1), waiting: 0 }
    lines.set(key, line)
    return line
  })

  const tryUntilFree = <A>(send: Effect.Effect<A, KlingError>, pauseSeconds: number): Effect.Effect<A, KlingError> =>
    ended.await.pipe(
      Effect.timeoutOption(pauseSeconds * 1000),
      Effect.andThen(ended.close),
      Effect.andThen(send),
      Effect.catchReason("KlingError", "SlotsTaken", () =>
        tryUntilFree(send, Math.min(longestPauseSeconds, pauseSeconds * 2))
      )
    )

  return {
    freed: Effect.asVoid(ended.open),
    send: Effect.fnUntraced(function* (key, send, onQueued) {
      const line = yield* lineOf(key)
      const inLine = Effect.gen(function* () {
        line.waiting += 1
        yield* onQueued({ position: line.waiting })
        return yield* line.turn.withPermits(1)(tryUntilFree(send, 1))
      }).pipe(Effect.ensuring(Effect.sync(() => (line.waiting -= 1))))
      // Whoever comes later goes to the end of the line.
      if (line.waiting > 0) return yield* inLine
      return yield* Effect.catchReason(send, "KlingError", "SlotsTaken", () => inLine)
    })
  }
})
