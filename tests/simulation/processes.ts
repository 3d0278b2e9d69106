import type { KlingWorld } from "@klingkit/emulator"
import type { BudgetLimits, NewJob, Ledger } from "@klingkit/jobs/internal"
import { type Clock, Deferred, Effect, Scope } from "effect"
import type { LedgerRows } from "./ledger-file.ts"
import type { Mutant } from "./mutants.ts"
import { type RunningJobs, SimulatedProcess, startJobs } from "./simulated-process.ts"
import { ProcessClock } from "./process-clock.ts"
import type { ProcessFault } from "./scenario.ts"

/** What all processes of a world share. */
export interface SharedWorld {
  readonly kling: KlingWorld
  readonly ledger: Ledger["Service"]
  /** Direct access to the ledger's rows, for mutants. */
  readonly rows: LedgerRows
  readonly limits: BudgetLimits
  /** Never completes once the client has given up. */
  readonly isStillWaiting: (intent: NewJob) => Effect.Effect<void>
  readonly mutant: Mutant
  /** Called after each call of any process to the ledger or the network. */
  readonly afterStep: () => void
  /** The key with which a process starts. */
  readonly currentKey: () => string
  /** The right time. */
  readonly clock: Clock.Clock
  /** A process has claimed a job that a living one, which was not suspended, is sending. */
  readonly onTaken: (handle: string) => void
  /** Called with each create before it is sent to Kling. */
  readonly onSend: (body: string) => void
}

/** The process that settles what the others have left: its clock is right. */
export const observer = -1

/** The processes of a world: each is started on first use, and restarted some time after a crash. */
export class Processes {
  readonly #running = new Map<number, Deferred.Deferred<RunningJobs>>()
  readonly #clocks = new Map<number, ProcessClock>()
  readonly #senders = new Map<string, SimulatedProcess>()
  #machineOffset = 0
  readonly #processFaults: ReadonlyArray<ProcessFault>
  readonly #world: SharedWorld

  constructor(processFaults: ReadonlyArray<ProcessFault>, world: SharedWorld) {
    this.#processFaults = processFaults
    this.#world = world
  }

  /** Waits for the restart when the process is down. */
  jobsOf(number: number): Effect.Effect<RunningJobs> {
    return Effect.suspend(() => {
      const running = this.#running.get(number)
      return running === undefined ? this.start(number, 0) : Deferred.await(running)
    })
  }

  /** Sets the clock of one process, or of all. */
  setClock(which: number | "all", millis: number): void {
    if (which === "all") this.#machineOffset += millis
    for (const [number, clock] of this.#clocks) {
      if (which === "all" || which === number) clock.jump(millis)
    }
  }

  /** It keeps its clock when it is started again. */
  #clockOf(number: number): ProcessClock {
    const { clock: world, mutant } = this.#world
    const clock = this.#clocks.get(number) ?? new ProcessClock(world, mutant.jumpsUnnoticed === true)
    if (!this.#clocks.has(number) && number !== observer) clock.jump(this.#machineOffset)
    this.#clocks.set(number, clock)
    return clock
  }

  /** `calls`: how many calls its previous runs made. */
  start(number: number, calls: number): Effect.Effect<RunningJobs> {
    return Effect.gen({ self: this }, function* () {
      const running = this.#running.get(number) ?? Deferred.makeUnsafe<RunningJobs>()
      this.#running.set(number, running)
      const processFaults = this.#processFaults.filter(({ process }) => process === number)
      const process: SimulatedProcess = new SimulatedProcess(
        calls,
        processFaults,
        this.#clockOf(number),
        this.#world.afterStep,
        (restartsAfterSeconds) => {
          this.#running.set(number, Deferred.makeUnsafe<RunningJobs>())
          return Effect.sleep(`${restartsAfterSeconds} seconds`).pipe(
            Effect.andThen(this.start(number, process.calls)),
            Effect.flatMap(({ recover }) => Effect.ignore(recover))
          )
        }
      )
      const jobs = yield* Effect.provideService(
        startJobs(process, this.#world, this.#senders),
        Scope.Scope,
        Scope.makeUnsafe()
      )
      yield* Deferred.succeed(running, jobs)
      return jobs
    })
  }
}
