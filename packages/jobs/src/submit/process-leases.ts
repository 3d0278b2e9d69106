import { Context, Effect, Layer, Schedule } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import type { Lease } from "../ledger/job-record.ts"
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
    /** Renews a lease until interrupted. Losing it does not stop a request that is already on its way. */
    keep(handle: string, lease: Lease): Effect.Effect<never>
  }
>()("@klingkit/jobs/ProcessLeases") {
  static readonly layer: Layer.Layer<ProcessLeases, never, Ledger> = Layer.effect(
    ProcessLeases,
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const owner = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4()).pipe(
        Effect.provide(SecureRandom.layerWebCrypto)
      )
      const held = new Set<string>()
      return {
        request: { owner, seconds: leaseSeconds },
        isHeld: (handle) => held.has(handle),
        keep: (handle, lease) =>
          Effect.sync(() => held.add(handle)).pipe(
            Effect.andThen(Effect.ignore(ledger.renew(handle, lease, leaseSeconds))),
            Effect.repeat(Schedule.spaced(`${renewEverySeconds} seconds`)),
            Effect.andThen(Effect.never),
            Effect.ensuring(Effect.sync(() => held.delete(handle)))
          )
      }
    })
  )
}

const leaseSeconds = 30
const renewEverySeconds = 10
