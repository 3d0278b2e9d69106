import { Kling } from "@klingkit/core"
import { Clock, Context, Effect, Layer, PubSub, type Scope } from "effect"
import { Account } from "../accounts/account.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Orphans } from "../orphans/orphans.ts"
import { JobsSettings } from "../settings.ts"
import { Snapshots } from "../snapshots/snapshots.ts"
import { ProcessLeases } from "../submit/process-leases.ts"
import { Submission } from "../submit/submission.ts"
import { makeRecoverDue } from "./recover-due.ts"
import { recoverJobs } from "./recover-jobs.ts"
import { makeRecoveryLoop, type RecoveryLoop } from "./recovery-loop.ts"

/**
 * Continues what the processes of the past have orphaned. It belongs to the ledger: one loop per process sleeps until the next
 * lease can expire or the next lookup is due, regardless of who waits for which job.
 */
export class Recovery extends Context.Service<
  Recovery,
  {
    /** Recovers all orphaned jobs and waits for their outcome, adopts tasks that have turned up late, and purges old rows. */
    readonly run: Effect.Effect<void, LedgerError>
    /** Recovers what is due as long as the scope is open; in a long-running program from then on. */
    readonly hold: Effect.Effect<void, never, Scope.Scope>
    /** Recovers what is due once, in the background, unless that was done within this time. */
    runUnlessWithin(millis: number): Effect.Effect<void>
    /** Receives a message after each turn, and after each `run`. */
    readonly turns: Effect.Effect<PubSub.Subscription<void>, never, Scope.Scope>
  }
>()("@klingkit/jobs/Recovery") {
  static readonly layer: Layer.Layer<Recovery, never, Needs> = Layer.effect(
    Recovery,
    Effect.suspend(() => make)
  )
}

type Needs = Account | JobsSettings | Kling | Ledger | Orphans | ProcessLeases | Snapshots | Submission

/** While the ledger cannot be read. */
const failedPauseMillis = 5000

const make = Effect.gen(function* () {
  const services = Context.pick(
    Account,
    Kling,
    Ledger,
    Orphans,
    ProcessLeases,
    Snapshots,
    Submission
  )(yield* Effect.context<Exclude<Needs, JobsSettings>>())
  const { isLongRunning = false } = yield* JobsSettings
  const turns = yield* PubSub.unbounded<void>()
  const ended = Effect.asVoid(PubSub.publish(turns, undefined))
  const monotonicMillis = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))
  let lastTurnAt = -Infinity
  const started = Effect.map(monotonicMillis, (now) => (lastTurnAt = now))

  const recoverDue = yield* makeRecoverDue(Effect.suspend(() => loop.wake))
  const turn = started.pipe(
    Effect.andThen(Effect.provideContext(recoverDue, services)),
    Effect.orElseSucceed(() => failedPauseMillis),
    Effect.tap(ended)
  )
  const loop: RecoveryLoop = yield* makeRecoveryLoop(turn, isLongRunning)

  return Recovery.of({
    run: started.pipe(Effect.andThen(Effect.provideContext(recoverJobs(), services)), Effect.andThen(ended)),
    hold: loop.hold,
    runUnlessWithin: (millis) =>
      Effect.flatMap(monotonicMillis, (now) => (now - lastTurnAt >= millis ? loop.start : Effect.void)),
    turns: PubSub.subscribe(turns)
  })
})
