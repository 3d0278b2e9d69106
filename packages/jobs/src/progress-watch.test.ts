import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { makeProgressWatch, ProgressWatch } from "./progress-watch.ts"
import { makeRecoveryLoop } from "./recovery/recovery-loop.ts"

/** What is late of a permanent loop with these turns, each minute of 40. */
const lateOf = (turn: Effect.Effect<number>) =>
  Effect.gen(function* () {
    const progress = makeProgressWatch()
    const scope = yield* Scope.make()
    const loop = yield* makeRecoveryLoop(turn, true).pipe(
      Effect.provideService(ProgressWatch, progress),
      Scope.provide(scope)
    )
    yield* loop.start
    const late: Array<ReadonlyArray<string>> = []
    for (let minute = 0; minute < 40; minute++) {
      yield* TestClock.adjust("1 minute")
      late.push(yield* progress.late)
    }
    yield* Scope.close(scope, Exit.void)
    return { first: late.findIndex(({ length }) => length > 0), last: late.at(-1), closed: yield* progress.late }
  })

describe("the recovery loop", () => {
  it.effect("makes progress however long it pauses", () =>
    Effect.gen(function* () {
      expect(yield* lateOf(Effect.succeed(30_000))).toEqual({ first: -1, last: [], closed: [] })
    })
  )

  it.effect.each([
    ["a turn does not end", Effect.never],
    ["a turn has died", Effect.die("a defect")]
  ] as const)("is late after a quarter of an hour when %s", ([, turn]) =>
    Effect.gen(function* () {
      expect(yield* lateOf(turn)).toEqual({ first: 15, last: ["recovery"], closed: [] })
    })
  )
})
