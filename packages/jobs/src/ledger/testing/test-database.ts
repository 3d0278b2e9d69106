import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { TestClock } from "effect/testing"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layerSqliteClient } from "../../sqlite/sqlite-client.ts"
import { Ledger } from "../ledger.ts"
import type { LedgerError } from "../ledger-error.ts"
import { startPostgres } from "./postgres-server.ts"
import { noon } from "./sample-job.ts"

/** One process's view of a ledger: the service, and the database below it. */
export interface Opened {
  readonly ledger: Ledger["Service"]
  readonly sql: SqlClient
}

/** An empty database of its own. */
export interface DatabaseLocation {
  /** As another process would open it; all share the data. */
  readonly open: Effect.Effect<Opened, LedgerError | SqlError, Scope.Scope>
  /** What a child process opens it with; undefined for a database in memory. */
  readonly argument: string | undefined
}

/** The database under test: every suite runs on each of them. */
export class TestDatabase extends Context.Service<
  TestDatabase,
  { readonly fresh: Effect.Effect<DatabaseLocation, never, Scope.Scope> }
>()("@klingkit/jobs/TestDatabase") {
  static readonly sqliteMemory = Layer.succeed(TestDatabase, {
    fresh: Effect.map(Effect.cached(openOver(layerSqliteClient(":memory:", 0))), (open) => ({
      open,
      argument: undefined
    }))
  })

  static readonly sqliteFile = Layer.succeed(TestDatabase, {
    fresh: Effect.map(temporaryFolder("klingkit-ledger-"), (folder) => {
      const path = join(folder, "ledger.db")
      return { open: openOver(layerSqliteClient(path, 10_000)), argument: path }
    })
  })

  static readonly postgres = Layer.effect(
    TestDatabase,
    Effect.gen(function* () {
      const server = yield* startPostgres
      // One connection: a pool checks its connections every few seconds, through all the years up to the test's noon.
      const admin = yield* Layer.build(PgClient.layerFrom(PgClient.makeClient({ url: server.url("public") })))
      let schemas = 0
      return {
        fresh: Effect.gen(function* () {
          schemas += 1
          const name = `ledger_${schemas}`
          yield* Effect.orDie(Context.get(admin, SqlClient).unsafe(`CREATE SCHEMA ${name}`))
          const url = server.url(name)
          return { open: openOver(PgClient.layer({ url })), argument: Redacted.value(url) }
        })
      }
    })
  )
}

/** A new ledger at noon. */
export const openFresh = Effect.gen(function* () {
  yield* TestClock.setTime(noon)
  const { fresh } = yield* TestDatabase
  return yield* (yield* fresh).open
})

/** A ledger over a connection of its own. */
function openOver(client: Layer.Layer<SqlClient, SqlError>): DatabaseLocation["open"] {
  return Effect.map(Layer.build(Layer.provideMerge(Ledger.layer({ location: "of the test" }), client)), (context) => ({
    ledger: Context.get(context, Ledger),
    sql: Context.get(context, SqlClient)
  }))
}

export function temporaryFolder(prefix: string): Effect.Effect<string, never, Scope.Scope> {
  return Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), prefix))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
}
