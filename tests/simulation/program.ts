import { Kling } from "@klingkit/core"
import { emulatorHttpClient } from "@klingkit/emulator"
import { FileHost, Jobs, type Ledger, LedgerSource } from "@klingkit/jobs"
import { Clock, Context, Effect, FileSystem, Layer, Path, Redacted, type Scope } from "effect"
import { HttpClient } from "effect/http"
import type { Surroundings } from "./machines.ts"
import type { Accident } from "./scenario.ts"

/**
 * A program on one machine, from one start to its death. Nothing but the ledger and the network is shared with others,
 * so a program is dead when none of its calls to them is carried out or answered any more: what its fibres still do,
 * finalizers too, nobody can notice. That is what SIGKILL leaves.
 */
export class Program {
  isDead = false
  /** Calls to the ledger and the network so far, those of earlier starts included. */
  calls: number
  #frozenUntil = 0
  readonly #accidents: ReadonlyArray<Accident>
  readonly #afterStep: () => void
  readonly #onDeath: (restartsAfterSeconds: number) => Effect.Effect<void>

  constructor(
    calls: number,
    accidents: ReadonlyArray<Accident>,
    afterStep: () => void,
    onDeath: (restartsAfterSeconds: number) => Effect.Effect<void>
  ) {
    this.calls = calls
    this.#accidents = accidents
    this.#afterStep = afterStep
    this.#onDeath = onDeath
  }

  /** One call to the world outside, and whatever befalls the program at it. */
  outside<A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.gen({ self: this }, function* () {
      yield* Effect.yieldNow
      if (this.isDead) return yield* Effect.never
      this.calls += 1
      const accident = this.#accidents.find((one) => one.atCall === this.calls)
      if (accident?.what === "killed" && accident.when === "before")
        return yield* this.#die(accident.restartsAfterSeconds)
      if (accident?.what === "frozen") {
        this.#frozenUntil = Math.max(this.#frozenUntil, (yield* Clock.currentTimeMillis) + accident.seconds * 1000)
      }
      yield* this.#thawed
      const exit = yield* Effect.exit(call)
      this.#afterStep()
      if (accident?.what === "killed") return yield* this.#die(accident.restartsAfterSeconds)
      yield* this.#thawed
      return yield* exit
    })
  }

  get #thawed(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        if (this.isDead) return yield* Effect.never
        const left = this.#frozenUntil - (yield* Clock.currentTimeMillis)
        if (left <= 0) return
        yield* Effect.sleep(left)
      }
    })
  }

  #die(restartsAfterSeconds: number): Effect.Effect<never> {
    return Effect.gen({ self: this }, function* () {
      if (!this.isDead) {
        this.isDead = true
        yield* Effect.forkDetach(this.#onDeath(restartsAfterSeconds))
      }
      return yield* Effect.never
    })
  }
}

/** The product as this program runs it. Its scope is never closed: a killed program tidies nothing up. */
export const startJobs = (
  program: Program,
  surroundings: Surroundings
): Effect.Effect<Jobs["Service"], never, Scope.Scope> => {
  const { kling: world, rows, limits, mutant, onSend } = surroundings
  const http = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.make((request) => {
        const { body } = request
        const send = Effect.suspend(() => {
          if (request.method === "POST" && body._tag === "Uint8Array") onSend(new TextDecoder().decode(body.body))
          return client.execute(request)
        })
        return program.outside(send)
      })
    )
  ).pipe(Layer.provide(emulatorHttpClient(world)))
  const apiKey = Redacted.make(world.keys.apiKey)
  const kling = mutant.kling(
    Kling.layerHttp({ credentials: { kind: "api-key", apiKey }, baseUrl: "https://kling.example" })
  )
  const own = mutant.ledger(outsideLedger(program, surroundings), rows.overwrite, rows.freeLeases)
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
  return Layer.build(layer).pipe(
    Effect.map((context) => Context.get(context, Jobs)),
    Effect.orDie
  )
}

/** The methods by which a request is submitted and taken up again. */
const outsideLedger = (program: Program, { ledger, mayStillBegin }: Surroundings): Ledger["Service"] => ({
  ...ledger,
  begin: (intent) => program.outside(Effect.andThen(mayStillBegin(intent), ledger.begin(intent))),
  transition: (...step) => program.outside(ledger.transition(...step)),
  input: (handle) => program.outside(ledger.input(handle)),
  claim: (handle, request) => program.outside(ledger.claim(handle, request)),
  claimUnfinished: (filter, request) => program.outside(ledger.claimUnfinished(filter, request)),
  renew: (...lease) => program.outside(ledger.renew(...lease)),
  release: (handle, lease) => program.outside(ledger.release(handle, lease)),
  markPromised: (handle) => program.outside(ledger.markPromised(handle)),
  markQueued: (handle, lease) => program.outside(ledger.markQueued(handle, lease)),
  lane: (...lane) => program.outside(ledger.lane(...lane)),
  claimLooks: (...looks) => program.outside(ledger.claimLooks(...looks)),
  unfinished: (filter) => program.outside(ledger.unfinished(filter)),
  get: (id, principal) => program.outside(ledger.get(id, principal))
})
