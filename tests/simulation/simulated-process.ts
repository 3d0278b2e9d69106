import { Kling } from "@klingkit/core"
import { emulatorHttpClient } from "@klingkit/emulator"
import { Account, FileHost, Jobs, LedgerSource, Recovery } from "@klingkit/jobs"
import type { CreateResult, Ledger } from "@klingkit/jobs/internal"
import { Clock, Context, Effect, FileSystem, Layer, Path, Redacted, type Scope } from "effect"
import { HttpClient } from "effect/http"
import type { ProcessClock } from "./process-clock.ts"
import type { SharedWorld } from "./processes.ts"
import type { ProcessFault } from "./scenario.ts"

/**
 * One process, from start to crash. It shares only the ledger and the network with other processes, so it is dead once none
 * of its calls to them is executed or answered: whatever its fibers and finalizers still do has no effect. That models
 * SIGKILL.
 */
export class SimulatedProcess {
  isCrashed = false
  /** Calls to the ledger and the network so far, including those before earlier restarts. */
  calls: number
  /** By the world's clock; its own may be set meanwhile. */
  suspendedUntil = 0
  readonly startedAt: number
  readonly clock: ProcessClock
  readonly #processFaults: ReadonlyArray<ProcessFault>
  readonly #afterStep: () => void
  readonly #onCrash: (restartsAfterSeconds: number) => Effect.Effect<void>

  constructor(
    calls: number,
    processFaults: ReadonlyArray<ProcessFault>,
    clock: ProcessClock,
    afterStep: () => void,
    onCrash: (restartsAfterSeconds: number) => Effect.Effect<void>
  ) {
    this.calls = calls
    this.#processFaults = processFaults
    this.clock = clock
    this.startedAt = clock.worldMillis
    this.#afterStep = afterStep
    this.#onCrash = onCrash
  }

  /** One call to the ledger or the network, with the faults injected at it. */
  call<A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.gen({ self: this }, function* () {
      yield* Effect.yieldNow
      if (this.isCrashed) return yield* Effect.never
      this.calls += 1
      const fault = this.#processFaults.find(({ atCall }) => atCall === this.calls)
      if (fault?.what === "killed" && fault.when === "before") return yield* this.#crash(fault.restartsAfterSeconds)
      if (fault?.what === "frozen") {
        this.suspendedUntil = Math.max(this.suspendedUntil, this.clock.worldMillis + fault.seconds * 1000)
      }
      yield* this.#untilResumed
      const exit = yield* Effect.exit(call)
      this.#afterStep()
      if (fault?.what === "killed") return yield* this.#crash(fault.restartsAfterSeconds)
      yield* this.#untilResumed
      return yield* exit
    })
  }

  /**
   * Whether it lives, has renewed its leases lately, and the other one can know: clocks that differ prove nothing, and who
   * was started after a clock was set has not seen it.
   */
  mustNotLoseJobsTo(other: SimulatedProcess): boolean {
    const { worldMillis, offsetMillis, jumpedAt } = this.clock
    const isResponsive = !this.isCrashed && worldMillis > this.suspendedUntil + 2 * leaseMillis
    const hasSeenJump = other.startedAt < jumpedAt || worldMillis > jumpedAt + 2 * leaseMillis
    return isResponsive && hasSeenJump && offsetMillis === other.clock.offsetMillis
  }

  get #untilResumed(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        if (this.isCrashed) return yield* Effect.never
        const left = this.suspendedUntil - this.clock.worldMillis
        if (left <= 0) return
        yield* Effect.sleep(left)
      }
    })
  }

  #crash(restartsAfterSeconds: number): Effect.Effect<never> {
    return Effect.gen({ self: this }, function* () {
      if (!this.isCrashed) {
        this.isCrashed = true
        yield* Effect.forkDetach(this.#onCrash(restartsAfterSeconds))
      }
      return yield* Effect.never
    })
  }
}

const leaseMillis = 30_000

/** The product in a running process. */
export interface RunningJobs {
  readonly jobs: Jobs["Service"]
  readonly recover: Recovery["Service"]["run"]
  readonly account: Account["Service"]
  /** Runs the work of a client by the clock of this process. */
  readonly byItsClock: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** The product as this process runs it. Its scope is never closed: a killed process runs no finalizers. */
export const startJobs = (
  process: SimulatedProcess,
  world: SharedWorld,
  senders: Map<string, SimulatedProcess>
): Effect.Effect<RunningJobs, never, Scope.Scope> => {
  const { kling: emulator, rows, limits, mutant, onSend, clock } = world
  const http = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.make((request) => {
        const { body } = request
        const send = Effect.suspend(() => {
          if (request.method === "POST" && body._tag === "Uint8Array") onSend(new TextDecoder().decode(body.body))
          return client.execute(request)
        })
        return process.call(Effect.provideService(send, Clock.Clock, clock))
      })
    )
  ).pipe(Layer.provide(emulatorHttpClient(emulator)))
  const apiKey = Redacted.make(world.currentKey())
  const kling = mutant.kling(
    Kling.layer({ credentials: { kind: "api-key", apiKey }, baseUrl: "https://kling.example" })
  )
  const own = mutant.ledger(interceptedLedger(process, world, senders), rows.overwrite, rows.expireLeases)
  const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits, principal: "local" }
  const layer = Jobs.layer(config).pipe(
    Layer.provide(kling),
    Layer.provide(http),
    Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(own) })),
    Layer.provide([
      FileSystem.layerNoop({}),
      Path.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
  const byItsClock: RunningJobs["byItsClock"] = (work) => Effect.provideService(work, Clock.Clock, process.clock)
  return Layer.build(layer).pipe(
    Effect.map((context) => ({
      jobs: Context.get(context, Jobs),
      recover: byItsClock(Context.get(context, Recovery).run),
      account: Context.get(context, Account),
      byItsClock
    })),
    byItsClock,
    Effect.orDie
  )
}

/** The methods used to submit and recover a request, each as a call that can be interrupted by a fault. */
const interceptedLedger = (
  process: SimulatedProcess,
  { ledger, isStillWaiting, clock, onTaken }: SharedWorld,
  senders: Map<string, SimulatedProcess>
): Ledger["Service"] => {
  const markSender = ({ job, isNew }: CreateResult) =>
    Effect.sync(() => {
      if (isNew) senders.set(job.handle, process)
    })
  return {
    ...ledger,
    createJob: (newJob) =>
      process.call(
        Effect.provideService(isStillWaiting(newJob), Clock.Clock, clock).pipe(
          Effect.andThen(ledger.createJob(newJob)),
          Effect.tap(markSender)
        )
      ),
    createTakes: (takes, approved) =>
      process.call(
        Effect.provideService(isStillWaiting(takes[0]), Clock.Clock, clock).pipe(
          Effect.andThen(ledger.createTakes(takes, approved)),
          Effect.tap(Effect.forEach(markSender))
        )
      ),
    transition: (...step) => process.call(ledger.transition(...step)),
    input: (handle) => process.call(ledger.input(handle)),
    claim: (handle, request) => process.call(ledger.claim(handle, request)),
    claimUnfinished: (filter, request) =>
      process.call(
        Effect.tap(ledger.claimUnfinished(filter, request), (claimed) =>
          Effect.sync(() => {
            for (const { handle } of claimed) {
              if (senders.get(handle)?.mustNotLoseJobsTo(process) === true) onTaken(handle)
              senders.delete(handle)
            }
          })
        )
      ),
    renew: (...lease) => process.call(ledger.renew(...lease)),
    release: (handle, lease) =>
      process.call(Effect.tap(ledger.release(handle, lease), () => Effect.sync(() => senders.delete(handle)))),
    markAcknowledged: (handle) => process.call(ledger.markAcknowledged(handle)),
    markQueued: (handle, lease) => process.call(ledger.markQueued(handle, lease)),
    queue: (...key) => process.call(ledger.queue(...key)),
    claimPolls: (...polls) => process.call(ledger.claimPolls(...polls)),
    inDoubt: (...sent) => process.call(ledger.inDoubt(...sent)),
    takenTasks: (taskIds) => process.call(ledger.takenTasks(taskIds)),
    adoptTask: (...adoption) => process.call(ledger.adoptTask(...adoption)),
    nextRecoveryAt: (filter) => process.call(ledger.nextRecoveryAt(filter)),
    unfinished: (filter) => process.call(ledger.unfinished(filter)),
    get: (id, principal) => process.call(ledger.get(id, principal))
  }
}
