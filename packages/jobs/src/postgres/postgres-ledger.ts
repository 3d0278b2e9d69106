import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect, Layer, Redacted } from "effect"
import { Ledger } from "../ledger/ledger.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { lockMillisOf, type LockOptions } from "../ledger/lock-options.ts"
import { storageFailure } from "../ledger/storage-failure.ts"

/**
 * A ledger in PostgreSQL, shared by all replicas: `postgres://user:password@host:port/database`. Its tables are prefixed
 * `klingkit_`. A failure to connect or write is a `LedgerError`, which never shows the password.
 */
export const layerPostgres = (url: Redacted.Redacted, options: LockOptions = {}): Layer.Layer<Ledger, LedgerError> => {
  const location = locationOf(Redacted.value(url))
  return Ledger.layer({ lockMillis: lockMillisOf(options), location }).pipe(
    // Requests with images inside are stored until their outcome is known, and read back after a crash.
    Layer.provide(PgClient.layer({ url, applicationName: "klingkit", maxMessageSize: 256 * 1024 * 1024 })),
    Layer.catchTag("SqlError", (error) => Layer.effect(Ledger, Effect.fail(storageFailure(error, location, true))))
  )
}

/** Host, port and database, without credentials and options. What is not clearly a host is left out: it may be a password. */
const locationOf = (text: string): string => {
  if (!URL.canParse(text)) return "PostgreSQL"
  const { host, pathname } = new URL(text)
  // Without `//`, or with a slash in the password, a part of the credentials is parsed as the path.
  return host === "" || /[@:]/.test(pathname) ? "PostgreSQL" : `PostgreSQL ${host}${pathname}`
}
