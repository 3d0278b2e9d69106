import type { KlingWorld } from "@klingkit/emulator"
import type { BudgetLimits, Intent, Jobs, Ledger } from "@klingkit/jobs"
import { Deferred, Effect, Scope } from "effect"
import type { LedgerRows } from "./ledger-file.ts"
import type { Mutant } from "./mutants.ts"
import { Program, startJobs } from "./program.ts"
import type { Accident } from "./scenario.ts"

/** What all programs of a world share. */
export interface Surroundings {
  readonly kling: KlingWorld
  readonly ledger: Ledger["Service"]
  /** The rows behind the ledger's back, for mutants. */
  readonly rows: LedgerRows
  readonly limits: BudgetLimits
  /** Never goes on when whoever asks has gone. */
  readonly mayStillBegin: (intent: Intent) => Effect.Effect<void>
  readonly mutant: Mutant
  /** After each call of any program to the ledger or the network. */
  readonly afterStep: () => void
  /** Told what leaves for Kling, before it leaves. */
  readonly onSend: (body: string) => void
}

/** Where programs run: each is started by the first who needs it, and again some time after each death. */
export class Machines {
  readonly #running = new Map<number, Deferred.Deferred<Jobs["Service"]>>()
  readonly #accidents: ReadonlyArray<Accident>
  readonly #surroundings: Surroundings
  readonly #scope: Scope.Scope

  constructor(accidents: ReadonlyArray<Accident>, surroundings: Surroundings, scope: Scope.Scope) {
    this.#accidents = accidents
    this.#surroundings = surroundings
    this.#scope = scope
  }

  /** Waits for the machine's program when that is down. */
  jobsOf(number: number): Effect.Effect<Jobs["Service"]> {
    return Effect.suspend(() => {
      const running = this.#running.get(number)
      return running === undefined ? this.start(number, 0) : Deferred.await(running)
    })
  }

  /** `calls`: how many the programs before it on this machine have made. */
  start(number: number, calls: number): Effect.Effect<Jobs["Service"]> {
    return Effect.gen({ self: this }, function* () {
      const running = this.#running.get(number) ?? Deferred.makeUnsafe<Jobs["Service"]>()
      this.#running.set(number, running)
      const accidents = this.#accidents.filter((one) => one.program === number)
      const program: Program = new Program(calls, accidents, this.#surroundings.afterStep, (restartsAfterSeconds) => {
        this.#running.set(number, Deferred.makeUnsafe<Jobs["Service"]>())
        return Effect.sleep(`${restartsAfterSeconds} seconds`).pipe(
          Effect.andThen(this.start(number, program.calls)),
          Effect.flatMap((jobs) => Effect.ignore(jobs.recover))
        )
      })
      const jobs = yield* Effect.provideService(startJobs(program, this.#surroundings), Scope.Scope, this.#scope)
      yield* Deferred.succeed(running, jobs)
      return jobs
    })
  }
}
