import { Kling } from "@klingkit/core"
import { Clock, Context, Effect, FiberSet, Layer, PubSub, Ref, type Scope } from "effect"
import { Account } from "../accounts/account.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { Orphans } from "../orphans/orphans.ts"
import { ProcessLeases } from "../submit/process-leases.ts"
import { Submission } from "../submit/submission.ts"
import { recoverJobs, recoverOrphaned } from "./recover-jobs.ts"

type Needs = Account | Kling | Ledger | Orphans | ProcessLeases | Submission

/** Continues what the processes of the past have orphaned. Every process that requests a job does so now and then. */
export class Recovery extends Context.Service<
  Recovery,
  {
    /** Recovers all orphaned jobs, adopts tasks that have turned up late, and purges old rows. */
    readonly run: Effect.Effect<void, LedgerError>
    /** `run` in the background, unless it has run within this time. */
    runUnlessWithin(millis: number): Effect.Effect<void>
    /** Recovers orphaned jobs only, in the background. */
    readonly orphaned: Effect.Effect<void>
    /** Receives a message after each `run`. */
    readonly runs: Effect.Effect<PubSub.Subscription<void>, never, Scope.Scope>
  }
>()("@klingkit/jobs/Recovery") {
  static readonly layer: Layer.Layer<Recovery, never, Needs> = Layer.effect(
    Recovery,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const services = Context.pick(
    Account,
    Kling,
    Ledger,
    Orphans,
    ProcessLeases,
    Submission
  )(yield* Effect.context<Needs>())
  const background = yield* FiberSet.make()
  const runs = yield* PubSub.unbounded<void>()
  const startedAt = yield* Ref.make(-Infinity)

  const run = Effect.flatMap(Clock.currentTimeMillis, (now) => Ref.set(startedAt, now)).pipe(
    Effect.andThen(Effect.provideContext(recoverJobs(), services)),
    Effect.andThen(PubSub.publish(runs, undefined)),
    Effect.asVoid
  )
  const inBackground = (work: Effect.Effect<unknown, unknown>) =>
    Effect.asVoid(FiberSet.run(background, Effect.ignore(work)))

  return Recovery.of({
    run,
    runUnlessWithin: Effect.fnUntraced(function* (millis) {
      const now = yield* Clock.currentTimeMillis
      const isDue = yield* Ref.modify(startedAt, (last) => {
        const due = Math.abs(now - last) >= millis
        return [due, due ? now : last] as const
      })
      if (isDue) yield* inBackground(run)
    }),
    orphaned: inBackground(Effect.provideContext(recoverOrphaned(), services)),
    runs: PubSub.subscribe(runs)
  })
})
