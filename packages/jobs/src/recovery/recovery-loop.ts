import { Effect, FiberSet, Latch, type Scope } from "effect"
import { ProgressWatch } from "../progress-watch.ts"

/** However much there is to do, the ledger is read no more often. */
const shortestPauseMillis = 1000

/** One loop for all who want jobs to be recovered. Its times are those of the ledger: those who come and go change nothing. */
export interface RecoveryLoop {
  /** Runs the loop while the scope is open; a pause ends. */
  readonly hold: Effect.Effect<void, never, Scope.Scope>
  /** Starts a turn in the background, which is the only one if the loop does not run. */
  readonly start: Effect.Effect<void>
  /** Ends the pause of a running loop. */
  readonly wake: Effect.Effect<void>
}

/** `turn` returns for how long the loop may pause. A permanent loop, once started, runs until the scope is closed. */
export const makeRecoveryLoop = Effect.fnUntraced(function* (
  turn: Effect.Effect<number>,
  isPermanent: boolean
): Effect.fn.Return<RecoveryLoop, never, Scope.Scope> {
  const fibers = yield* FiberSet.make<void>()
  const woken = yield* Latch.make()
  const abandoned = yield* Latch.make()
  const watched = (yield* ProgressWatch).watch("recovery")
  yield* Effect.addFinalizer(() => watched.end)
  let holders = 0
  let isRunning = false
  const isWanted = () => isPermanent || holders > 0

  const pause = (millis: number) =>
    Effect.sleep(shortestPauseMillis).pipe(
      Effect.andThen(Effect.raceFirst(Effect.sleep(Math.max(0, millis - shortestPauseMillis)), woken.await)),
      // A pause without a holder would keep the process alive.
      Effect.raceFirst(abandoned.await)
    )
  const turnAndPause = Effect.andThen(woken.close, turn).pipe(
    Effect.flatMap((millis) => (isWanted() ? pause(millis) : Effect.void)),
    Effect.map(() => (isRunning = isWanted()))
  )
  const start = Effect.suspend(() => {
    if (isRunning) return Effect.asVoid(woken.open)
    isRunning = true
    // A loop that has died is not ended: it is late until it runs again.
    const running = Effect.repeat(Effect.andThen(watched.turn, turnAndPause), { while: (again) => again }).pipe(
      Effect.andThen(watched.end),
      Effect.onError(() => Effect.sync(() => (isRunning = false)))
    )
    return Effect.asVoid(FiberSet.run(fibers, Effect.asVoid(running)))
  })
  const acquire = Effect.suspend(() => {
    holders += 1
    return Effect.andThen(abandoned.close, start)
  })
  const release = Effect.suspend(() => {
    holders -= 1
    return isWanted() ? Effect.void : Effect.asVoid(abandoned.open)
  })
  return { hold: Effect.acquireRelease(acquire, () => release), start, wake: Effect.asVoid(woken.open) }
})
