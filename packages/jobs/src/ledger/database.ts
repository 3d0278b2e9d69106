import { Context, Effect, Layer } from "effect"
import { BeginTransaction, SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { LedgerError } from "./ledger-error.ts"
import { storageFailure } from "./storage-failure.ts"

/** Any number that no other program takes for PostgreSQL's advisory locks: `klingkit` in hex, shortened. */
export const ledgerLock = 0x6b6c696e676b

/** A request whose answer cannot be written down any more would be paid and not known. */
const spareBytes = 20 * 1000 ** 2

export interface LedgerOptions {
  /** Names the database to people: a file, or a server without credentials. */
  readonly place?: string
  /** How long PostgreSQL waits for another process that is writing; 10,000 when absent. SQLite's client has its own. */
  readonly lockMillis?: number
  /** Bytes that are free where the ledger lies; nothing, or absent, when nobody can tell. */
  readonly freeBytes?: Effect.Effect<number | undefined>
}

/** The ledger's database: SQLite or PostgreSQL behind one `SqlClient`. */
export class LedgerDatabase extends Context.Service<
  LedgerDatabase,
  {
    readonly sql: SqlClient
    /** For people: the file, or the server without credentials. */
    readonly place: string
    /** Too little is free for all that a new request will write. */
    readonly isNearlyFull: Effect.Effect<boolean>
    /** One transaction: all of it or nothing. */
    together<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R>
    /** One transaction, and no other process in such a one at the same time. */
    alone<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R>
    /** Makes a database's failures the ledger's own; `beforeSending` says that nothing can have been charged. */
    guard(
      beforeSending: boolean
    ): <A, R>(work: Effect.Effect<A, SqlError | LedgerError, R>) => Effect.Effect<A, LedgerError, R>
  }
>()("@klingkit/jobs/LedgerDatabase") {
  static readonly layer = (options: LedgerOptions): Layer.Layer<LedgerDatabase, never, SqlClient> =>
    Layer.effect(
      LedgerDatabase,
      Effect.map(SqlClient, (sql) => make(sql, options))
    )
}

const make = (
  sql: SqlClient,
  { place = "database", lockMillis = 10_000, freeBytes = Effect.succeed(undefined) }: LedgerOptions
): LedgerDatabase["Service"] => {
  const lock = sql.onDialectOrElse({
    pg: () =>
      sql`SELECT set_config('lock_timeout', ${String(lockMillis)}, true)`.pipe(
        Effect.andThen(sql`SELECT pg_advisory_xact_lock(${ledgerLock})`),
        Effect.asVoid
      ),
    orElse: () => Effect.void
  })
  // SQLite lets one writer in at a time, but a transaction that reads first must say so when it begins.
  const begin = sql.onDialectOrElse({ sqlite: () => "BEGIN IMMEDIATE", orElse: () => undefined })
  const together = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    sql.withTransaction(work).pipe(Effect.provideService(BeginTransaction, begin))
  return {
    sql,
    place,
    isNearlyFull: Effect.map(freeBytes, (free) => free !== undefined && free < spareBytes),
    together,
    alone: (work) => together(Effect.andThen(lock, work)),
    guard: (beforeSending) =>
      Effect.mapError((error) =>
        error instanceof LedgerError
          ? beforeSending
            ? new LedgerError({ reason: error.reason, beforeSending })
            : error
          : storageFailure(error, place, beforeSending)
      )
  }
}
