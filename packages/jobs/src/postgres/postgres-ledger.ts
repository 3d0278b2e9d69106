import { Effect, Layer, Redacted } from "effect"
import type { Announcements } from "../ledger/database.ts"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { answerMillisOf, lockMillisOf, type ServerOptions } from "../ledger/lock-options.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { makeAnnouncements } from "./announcements.ts"
import { locationOf, postgresClient } from "./postgres-client.ts"

/**
 * A ledger in PostgreSQL, shared by all replicas: `postgres://user:password@host:port/database`. Its tables are prefixed
 * `klingkit_`. A failure to connect or write is a `LedgerError`, which never shows the password. Nothing waits for the server
 * longer than `answerTimeout`.
 */
export const layerPostgres = (
  url: Redacted.Redacted,
  options: ServerOptions = {}
): Layer.Layer<Ledger, LedgerError> => {
  const location = locationOf(Redacted.value(url))
  const answerMillis = answerMillisOf(options)
  const ledger = (announcements: Announcements) =>
    Ledger.layer({ lockMillis: lockMillisOf(options), answerMillis, location, announcements, hasOwnClock: true })
  return Layer.unwrap(Effect.map(makeAnnouncements, ledger)).pipe(
    Layer.provide(postgresClient(url, answerMillis)),
    Layer.catchTag("SqlError", (error) => Layer.effect(Ledger, Effect.fail(storageFailure(error, location, true))))
  )
}
