import { Clock, Context, Effect, Layer } from "effect"
import { BeginTransaction, SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { answerWithin } from "./answer-limit.ts"
import type { Notifications } from "../notifications.ts"
import { LedgerError } from "./ledger-error.ts"
import { makeServerTime } from "./server-time.ts"
import { storageFailure } from "./storage-failure.ts"

/** A number that no other program uses for PostgreSQL's advisory locks: `klingk` in hex. */
export const ledgerLock = 0x6b6c696e676b

/** A request whose outcome can no longer be persisted would be paid and lost. */
export const spareBytes = 20 * 1000 ** 2

/** Notifications of changed jobs, by handle. */
export type Announcements = Notifications<SqlError>

export interface LedgerOptions {
  /** Those of this process when absent. */
  readonly announcements?: Announcements
  /** Names the database in messages: a file, or a server without credentials. */
  readonly location?: string
  /** How long PostgreSQL waits for another process that is writing; 10,000 when absent. SQLite's client has its own. */
  readonly lockMillis?: number
  /** Leases end by the clock of the database, as the clocks of the machines that use it differ; by this machine's when absent. */
  readonly hasOwnClock?: boolean
  /** How long one use of a server's database may take; no limit when absent, as for a file. */
  readonly answerMillis?: number
  /** Free bytes on the disk of the ledger; undefined, or absent, when unknown. */
  readonly freeBytes?: Effect.Effect<number | undefined>
  /** Fails if the opened ledger is not the one with this id that was here before. */
  readonly checkId?: (id: string) => Effect.Effect<void, LedgerError>
  /** Run once when the ledger is opened; its result fails once the ledger that was opened is no longer there. */
  readonly inPlace?: Effect.Effect<Effect.Effect<void, LedgerError>, LedgerError>
}

/** The ledger's database: SQLite or PostgreSQL behind one `SqlClient`. */
export class LedgerDatabase extends Context.Service<
  LedgerDatabase,
  {
    readonly sql: SqlClient
    /** For messages: the file, or the server without credentials. */
    readonly location: string
    /** The time by which leases end, in milliseconds since 1970. */
    readonly leaseTime: Effect.Effect<number, SqlError>
    /** Too little space is free for everything that a new request will write. */
    readonly isNearlyFull: Effect.Effect<boolean>
    /** Fails if the ledger that was opened is not the one that was here before. */
    checkId(id: string): Effect.Effect<void, LedgerError>
    /** Fails once the ledger that was opened has been deleted, moved or replaced. */
    readonly inPlace: Effect.Effect<void, LedgerError>
    /** One transaction: all or nothing. */
    transaction<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R>
    /** One transaction, while no other process is in such a transaction. */
    exclusive<A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R>
    /**
     * Maps failures of the database to `LedgerError`, and bounds how long its server may take. `beforeSending` means that
     * nothing can have been charged.
     */
    guard(
      beforeSending: boolean,
      answerMillis?: number
    ): <A, R>(work: Effect.Effect<A, SqlError | LedgerError, R>) => Effect.Effect<A, LedgerError, R>
  }
>()("@klingkit/jobs/LedgerDatabase") {
  static readonly layer = (options: LedgerOptions): Layer.Layer<LedgerDatabase, LedgerError, SqlClient> =>
    Layer.effect(
      LedgerDatabase,
      Effect.gen(function* () {
        const inPlace = yield* options.inPlace ?? Effect.succeed(Effect.void)
        return make(yield* SqlClient, inPlace, options)
      })
    )
}

const make = (
  sql: SqlClient,
  inPlace: Effect.Effect<void, LedgerError>,
  {
    location = "database",
    lockMillis = 10_000,
    answerMillis: defaultMillis,
    freeBytes = Effect.succeed(undefined),
    hasOwnClock = false,
    checkId = () => Effect.void
  }: LedgerOptions
): LedgerDatabase["Service"] => {
  // The server's own limits end what this process can no longer end: one that is cut off would hold its locks for hours.
  // They are set in each transaction, since poolers refuse them when a session starts.
  const idle = String(defaultMillis ?? 0)
  const limit = sql.onDialectOrElse({
    pg: () =>
      Effect.asVoid(
        sql`SELECT set_config('lock_timeout', ${String(lockMillis)}, true),
          set_config('statement_timeout', ${idle}, true),
          set_config('idle_in_transaction_session_timeout', ${idle}, true)`
      ),
    orElse: () => Effect.void
  })
  const lock = sql.onDialectOrElse({
    pg: () => Effect.asVoid(sql`SELECT pg_advisory_xact_lock(${ledgerLock})`),
    orElse: () => Effect.void
  })
  // SQLite allows one writer at a time, but a transaction that reads first must request the lock when it begins.
  const begin = sql.onDialectOrElse({ sqlite: () => "BEGIN IMMEDIATE", orElse: () => undefined })
  const transaction = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    sql.withTransaction(Effect.andThen(limit, work)).pipe(Effect.provideService(BeginTransaction, begin))
  return {
    sql,
    location,
    leaseTime: hasOwnClock ? makeServerTime(sql) : Clock.currentTimeMillis,
    isNearlyFull: Effect.map(freeBytes, (free) => free !== undefined && free < spareBytes),
    checkId,
    inPlace,
    transaction,
    exclusive: (work) => transaction(Effect.andThen(lock, work)),
    guard:
      (beforeSending, answerMillis = defaultMillis) =>
      (work) =>
        (answerMillis === undefined ? work : answerWithin(answerMillis, location)(work)).pipe(
          Effect.mapError((error) =>
            error instanceof LedgerError
              ? beforeSending
                ? new LedgerError({ reason: error.reason, beforeSending })
                : error
              : storageFailure(error, location, beforeSending, answerMillis)
          )
        )
  }
}
