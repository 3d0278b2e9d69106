import { Array as Items, Context, Effect, Layer, Option, Redacted, type Scope, Stream } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { LedgerDatabase } from "../ledger/database.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { type Finding, inspectLedger, type LedgerReport, reportOf } from "../ledger/ledger-report.ts"
import { answerMillisOf, type ServerOptions } from "../ledger/lock-options.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import { type RowTable, StoredRow, type StoredLedger } from "../ledger/stored-ledger.ts"
import { locationOf, postgresClient } from "./postgres-client.ts"

const batchSize = 200

/** The ledger in PostgreSQL, to be read only; undefined where there are no tables of a ledger. */
export const openServer = Effect.fnUntraced(function* (
  url: Redacted.Redacted,
  options: ServerOptions = {}
): Effect.fn.Return<StoredLedger | undefined, LedgerError, Scope.Scope> {
  const location = locationOf(Redacted.value(url))
  const answerMillis = answerMillisOf(options)
  const layer = Layer.provideMerge(LedgerDatabase.layer({ location, answerMillis }), postgresClient(url, answerMillis))
  const context = yield* Layer.build(layer).pipe(
    Effect.catchTag("SqlError", (error: SqlError) => Effect.fail(storageFailure(error, location, true)))
  )
  const sql = Context.get(context, SqlClient)
  const bounded = Context.get(context, LedgerDatabase).guard(true)
  const [found] = yield* bounded(sql<{ jobs: string | null }>`SELECT to_regclass('klingkit_jobs')::text AS jobs`)
  if (found?.jobs == null) return undefined
  const [latest] = yield* bounded(
    sql<{ version: number }>`SELECT MAX(migration_id) AS version FROM klingkit_migrations`
  )
  const version = latest?.version ?? 0
  const [ledger] = version < 5 ? [] : yield* bounded(sql<{ id: string }>`SELECT id FROM klingkit_ledger`)
  const after = (table: RowTable, last: string) =>
    bounded(sql`SELECT * FROM ${sql(table)} WHERE handle > ${last} ORDER BY handle LIMIT ${batchSize}`)
  return {
    location,
    id: ledger?.id,
    version,
    // Pages are PostgreSQL's own concern: it has tools for them, and refuses to read what is damaged.
    damage: Effect.succeed([]),
    rows: (table) =>
      Stream.paginate("", (last) =>
        Effect.map(after(table, last), (rows) => {
          const lastRow = rows.length < batchSize ? undefined : Items.last(rows)
          const next = Option.map(lastRow ?? Option.none(), (row) => String(row["handle"]))
          return [rows.map((row) => StoredRow.Row({ row })), next] as const
        })
      )
  }
})

/** What a ledger in PostgreSQL holds and what is wrong with it. */
export const checkServer = (url: Redacted.Redacted, options: ServerOptions = {}): Effect.Effect<LedgerReport> => {
  const facts = { location: locationOf(Redacted.value(url)), findings: [] }
  const only = (finding: Finding) => reportOf(facts, { findings: [finding] })
  return openServer(url, options).pipe(
    Effect.flatMap((ledger) =>
      ledger === undefined ? Effect.succeed(only({ _tag: "Missing" })) : inspectLedger(ledger, facts)
    ),
    Effect.scoped,
    Effect.catch((error) => Effect.succeed(only({ _tag: "NotOpened", error })))
  )
}
