import { Clock, Effect, Layer, Schedule, Semaphore, Stream } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Client from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import { makeCompilerSqlite } from "effect/sql/Statement"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"

interface SqliteConnection extends Connection {
  readonly database: DatabaseSync
}

/**
 * A `SqlClient` over Node's built-in SQLite, for a file shared by several processes, or `:memory:`. A committed row
 * survives a killed process, and power loss if the disk honors syncs. `lockMillis`: how long to wait for other writers.
 */
export const layerSqliteClient = (path: string, lockMillis: number): Layer.Layer<Client.SqlClient, SqlError> =>
  Layer.effect(
    Client.SqlClient,
    Effect.gen(function* () {
      const database = yield* Effect.acquireRelease(
        // SQLite's own busy timeout would block the whole process, which may itself hold the lock on another connection.
        attemptSql("open", () => new DatabaseSync(path, { timeout: 0 })),
        (database) => Effect.sync(() => database.close())
      )
      const connection = connect(database, lockMillis)
      yield* Effect.forEach(settings, (setting) => connection.executeUnprepared(`PRAGMA ${setting}`, [], undefined))
      const { isTransaction, ...acquirers } = Client.makeSqliteAcquirers({
        connection: Effect.succeed(connection),
        semaphore: yield* Semaphore.make(1),
        isTransaction: ({ database }) => database.isTransaction
      })
      return yield* Client.make({
        ...acquirers,
        isTransaction,
        compiler: makeCompilerSqlite(),
        driver: "sqlite-node",
        prepareTransactionControls: true,
        spanAttributes: [["db.system.name", "sqlite"]]
      })
    })
  ).pipe(Layer.provide(Reactivity.layer))

const settings = [
  // Readers and the writer do not block each other.
  "journal_mode = WAL",
  // Every commit reaches the disk; with NORMAL the latest ones are lost on power failure.
  "synchronous = FULL",
  // On macOS a plain fsync stops at the drive's cache.
  "fullfsync = ON",
  // A request with images inside makes the log large; it is truncated again.
  "journal_size_limit = 4194304"
]

export const attemptSql = <A>(operation: string, run: () => A): Effect.Effect<A, SqlError> =>
  Effect.try({
    try: run,
    catch: (cause) => {
      const errno = (cause as { readonly errcode?: number }).errcode
      const known = errno === undefined ? cause : Object.assign(cause as Error, { errno })
      return new SqlError({ reason: classifySqliteError(known, { message: String(cause), operation }) })
    }
  })

const isLocked = (error: SqlError): boolean => error.reason._tag === "LockTimeoutError"

const connect = (database: DatabaseSync, lockMillis: number): SqliteConnection => {
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const known = prepared.get(text)
    if (known !== undefined) return known
    const statement = database.prepare(text)
    if (prepared.size >= 200) prepared.clear()
    prepared.set(text, statement)
    return statement
  }

  // Another process holds the lock in real time, whatever a test clock shows.
  const wait = Schedule.min([Schedule.exponential("1 millis"), Schedule.spaced("50 millis")]).pipe(
    Schedule.jittered,
    Schedule.upTo({ duration: lockMillis })
  )
  const run = <A>(
    text: string,
    params: ReadonlyArray<unknown>,
    read: (s: StatementSync, p: Array<SQLInputValue>) => A
  ) =>
    attemptSql(text, () => read(prepare(text), params.map(toInput))).pipe(
      Effect.retry({
        schedule: wait,
        // Inside a running transaction only the commit can wait for a lock.
        while: (error) => isLocked(error) && (!database.isTransaction || text === "COMMIT")
      }),
      Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
    )

  const rows: Connection["execute"] = (text, params, transform) =>
    run(text, params, (statement, values) => {
      const found = statement.all(...values)
      return transform === undefined ? found : transform(found)
    })
  const values: Connection["executeValues"] = (text, params) =>
    Effect.map(rows(text, params, undefined), (found) => found.map((row: object) => Object.values(row)))

  return {
    database,
    execute: rows,
    executeUnprepared: rows,
    executeRaw: (text, params) => run(text, params, (statement, values) => statement.run(...values)),
    executeValues: values,
    executeValuesUnprepared: values,
    executeStream: (text, params, transform) =>
      Stream.unwrap(Effect.map(rows(text, params, transform), (found) => Stream.fromIterable(found)))
  }
}

const toInput = (value: unknown): SQLInputValue =>
  value === undefined ? null : typeof value === "boolean" ? Number(value) : (value as SQLInputValue)
