import { Config, Effect, Layer, Option, Redacted } from "effect"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { layerSqliteConfig } from "./sqlite-ledger.ts"

/** PostgreSQL where `KLINGKIT_DATABASE_URL` names one, else the file of this user (`KLINGKIT_HOME`). */
const configured: Layer.Layer<Ledger, LedgerError> = Layer.unwrap(
  Config.option(Config.Redacted("KLINGKIT_DATABASE_URL")).pipe(
    Effect.mapError((error) =>
      ledgerError({ _tag: "CannotOpen", place: "KLINGKIT_DATABASE_URL", detail: error.message }, true)
    ),
    Effect.map(Option.filter((url) => Redacted.value(url).trim() !== "")),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeed(layerSqliteConfig),
        // Loaded only where it is used: one user's programs start without it.
        onSome: (url) =>
          Effect.map(
            Effect.promise(() => import("../postgres/postgres-ledger.ts")),
            ({ layerPostgres }) => layerPostgres(url)
          )
      })
    )
  )
)

/** The ledger as the environment names it, opened when it is first needed. */
export const ledgerFromConfig: Layer.Layer<LedgerSource> = LedgerSource.layer(configured)
