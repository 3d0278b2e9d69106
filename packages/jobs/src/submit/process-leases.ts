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
      return {
        request: { owner, seconds: leaseSeconds },
        keep: (handle, lease) =>
          Effect.ignore(ledger.renew(handle, lease, leaseSeconds)).pipe(
            Effect.repeat(Schedule.spaced(`${renewEverySeconds} seconds`)),
            Effect.andThen(Effect.never)
          )
      }
    })
  )
}

const leaseSeconds = 30
const renewEverySeconds = 10
