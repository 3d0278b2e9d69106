import { Context, Effect, Layer, RcRef } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Ledger } from "../ledger/ledger.ts"
import type { LeaseRequest } from "../ledger/leases.ts"

/** The leases by which this process holds jobs. */
export class ProcessLeases extends Context.Service<
  ProcessLeases,
  {
    /** `seconds`: how long a job stays with a process that has stopped renewing its lease. */
    readonly request: LeaseRequest
    /** Whether this process works on a job, however old its lease looks after the clock was set. */
    readonly isHeld: (handle: string) => boolean
    /** Renews the lease of a job until interrupted. Losing it does not stop a request that is already on its way. */
    keep(handle: string): Effect.Effect<never>
  }
>()("@klingkit/jobs/ProcessLeases") {
  static readonly layer: Layer.Layer<ProcessLeases, never, Ledger> = Layer.effect(
    ProcessLeases,
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const owner = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4()).pipe(
        Effect.provide(SecureRandom.layerWebCrypto)
      )
      const request: LeaseRequest = { owner, seconds: leaseSeconds }
      const held = new Set<string>()
      const hold = (handle: string) =>
        Effect.acquireRelease(
          Effect.sync(() => held.add(handle)),
          () => Effect.sync(() => held.delete(handle))
        )
      // One statement for all; a job that is held from now on has a lease that has just begun.
      const renewing = yield* RcRef.make({
        acquire: Effect.suspend(() => Effect.ignore(ledger.renew([...held], request))).pipe(
          Effect.delay(`${renewEverySeconds} seconds`),
          Effect.forever,
          Effect.forkScoped
        )
      })
      return {
        request,
        isHeld: (handle) => held.has(handle),
        keep: (handle) =>
          hold(handle).pipe(Effect.andThen(RcRef.get(renewing)), Effect.andThen(Effect.never), Effect.scoped)
      }
    })
  )
}

/** Another process takes over that long after the last renewal. Three may fail before. */
const leaseSeconds = 12
const renewEverySeconds = 3
