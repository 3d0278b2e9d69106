import { Context, Duration, Effect, Layer, LayerRef } from "effect"
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
      // Once open, it stays open until the program ends.
      Effect.map(LayerRef.make(ledger, { idleTimeToLive: Duration.infinity, preload: false }), ({ contextEffect }) => ({
        open: Effect.scoped(Effect.map(contextEffect, Context.get(Ledger)))
      }))
    )
}
