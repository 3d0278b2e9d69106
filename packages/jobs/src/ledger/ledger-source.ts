import { Context, Effect, Exit, Layer, Ref, Scope, Semaphore } from "effect"
import { Ledger } from "./ledger.ts"
import type { LedgerError } from "./ledger-error.ts"

/**
 * The ledger, opened when the first paid request or lookup needs it. A program that only lists models never touches
 * the file; one that cannot open it fails before anything is sent, and tries again next time.
 */
export class LedgerSource extends Context.Service<
  LedgerSource,
  { readonly open: Effect.Effect<Ledger["Service"], LedgerError> }
>()("@klingkit/jobs/LedgerSource") {
  static readonly layer = (ledger: Layer.Layer<Ledger, LedgerError>): Layer.Layer<LedgerSource> =>
    Layer.effect(
      LedgerSource,
      Effect.gen(function* () {
        const scope = yield* Scope.Scope
        const opened = yield* Ref.make<Ledger["Service"] | undefined>(undefined)
        const lock = yield* Semaphore.make(1)
        const open = Effect.gen(function* () {
          const existing = yield* Ref.get(opened)
          if (existing !== undefined) return existing
          const own = yield* Scope.fork(scope)
          const built = yield* Layer.buildWithScope(ledger, own).pipe(Effect.onError(() => Scope.close(own, Exit.void)))
          const service = Context.get(built, Ledger)
          yield* Ref.set(opened, service)
          return service
        })
        return LedgerSource.of({ open: lock.withPermits(1)(open) })
      })
    )
}
