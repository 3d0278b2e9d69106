import { Effect, type Scope, Stream } from "effect"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { storageFailure } from "../ledger/storage-failure.ts"
import type { StoredLedger } from "../ledger/stored-ledger.ts"
import { readRows } from "./read-rows.ts"
import { attemptSql } from "./sqlite-client.ts"

/** Nothing else runs meanwhile, so SQLite may wait by itself. */
const lockMillis = 5000

/** A ledger file, opened to be read only. Fails if it is no database; undefined if it is one, but no ledger. */
export const openStored = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<StoredLedger | undefined, LedgerError, Scope.Scope> {
  const attempt = <A>(read: () => A) =>
    Effect.mapError(attemptSql("read", read), (error) => storageFailure(error, path, true))
  const database = yield* Effect.acquireRelease(
    attempt(() => openReadOnly(path)),
    (opened) => Effect.sync(() => opened.close())
  )
  const tables = yield* attempt(() =>
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name))
  )
  if (!tables.includes("klingkit_jobs")) return undefined
  // A damaged table has no id or version to tell; its rows may still be readable.
  const firstOf = (query: string) =>
    attempt(() => database.prepare(query).get()?.["value"]).pipe(Effect.orElseSucceed(() => undefined))
  const id = tables.includes("klingkit_ledger") ? yield* firstOf("SELECT id AS value FROM klingkit_ledger") : undefined
  const version = yield* firstOf("SELECT MAX(migration_id) AS value FROM klingkit_migrations")
  return {
    location: path,
    id: typeof id === "string" ? id : undefined,
    version: Number(version ?? 0),
    damage: attempt(() => [
      ...database
        .prepare("PRAGMA integrity_check(20)")
        .all()
        .flatMap((row) => String(row["integrity_check"]).split("\n")),
      ...database
        .prepare("PRAGMA foreign_key_check")
        .all()
        .map((row) => `foreign key of ${String(row["table"])}`)
    ]).pipe(
      Effect.map((found) => found.filter((line) => line !== "ok")),
      Effect.catch((error) =>
        error.reason._tag === "Unreadable" ? Effect.succeed([error.reason.detail]) : Effect.fail(error)
      )
    ),
    rows: (table) =>
      Stream.suspend(() => Stream.fromIterable(readRows(database, table))).pipe(
        Stream.catchDefect((cause) =>
          Stream.fail(ledgerError({ _tag: "Unreadable", location: path, detail: (cause as Error).message }, true))
        )
      )
  }
})

/** In a folder that cannot be written SQLite opens a database only as one that no process changes. */
const openReadOnly = (path: string): DatabaseSync => {
  try {
    return readable(new DatabaseSync(path, { readOnly: true, timeout: lockMillis }))
  } catch (error) {
    const { errcode = 0 } = error as { readonly errcode?: number }
    if ((errcode & 0xff) !== 8 && (errcode & 0xff) !== 14) throw error
    const unchanging = pathToFileURL(path)
    unchanging.search = "immutable=1"
    return readable(new DatabaseSync(unchanging, { readOnly: true }))
  }
}

/** SQLite reads a file only when it has to. */
const readable = (database: DatabaseSync): DatabaseSync => {
  try {
    database.prepare("SELECT COUNT(*) FROM sqlite_schema").get()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
