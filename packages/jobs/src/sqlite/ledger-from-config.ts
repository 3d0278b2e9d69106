import { Effect, Layer, Option } from "effect"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { databaseUrl } from "../postgres/shared-database.ts"
import { layerSqliteConfig } from "./sqlite-ledger.ts"

/** PostgreSQL if `KLINGKIT_DATABASE_URL` is set, else a file of this user (`KLINGKIT_HOME`). */
const configured: Layer.Layer<Ledger, LedgerError> = Layer.unwrap(
  databaseUrl.pipe(
    Effect.mapError((error) =>
      ledgerError({ _tag: "CannotOpen", location: "PostgreSQL", detail: error.message }, true)
    ),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.succeed(layerSqliteConfig),
        // Loaded only when used: a program with a ledger file starts without it.
        onSome: (url) =>
          Effect.map(
            Effect.promise(() => import("../postgres/postgres-ledger.ts")),
            ({ layerPostgres }) => layerPostgres(url)
          )
      })
    )
  )
)

/** The ledger that the environment selects, opened on first use. */
export const ledgerFromConfig: Layer.Layer<LedgerSource> = LedgerSource.layer(configured)
