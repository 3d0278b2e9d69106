import { Clock, Effect, Fiber } from "effect"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** In real time, whatever a test clock shows: the server is another process. */
const realTime = Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())

/**
 * Bounds how long work on a server may take. A server that is frozen, or cut off, neither answers nor fails; to cancel a
 * statement takes an answer as well, so the work is interrupted without waiting for that.
 */
export const answerWithin =
  (millis: number, location: string) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | LedgerError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const working = yield* Effect.forkDetach(restore(work))
        // In two halves: a machine that was asleep finds its timer expired, and the answer about to be read.
        const expired = realTime(Effect.andThen(Effect.sleep(millis / 2), Effect.sleep(millis / 2)))
        const silent = Effect.andThen(expired, Effect.forkDetach(Fiber.interrupt(working))).pipe(
          Effect.andThen(ledgerError({ _tag: "NotResponding", location, seconds: millis / 1000 }))
        )
        return yield* restore(Effect.raceFirst(Fiber.join(working), silent)).pipe(
          Effect.onInterrupt(() => Effect.raceFirst(Fiber.interrupt(working), expired))
        )
      })
    )
