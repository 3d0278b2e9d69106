import type { JobState } from "@klingkit/jobs"
import { layerSqlite } from "@klingkit/jobs/sqlite"
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

/** Direct access to the ledger's rows, for mutants. */
export interface LedgerRows {
  readonly overwrite: (handle: string, state: JobState) => Effect.Effect<void>
  readonly expireLeases: Effect.Effect<void>
}

/** For an in-memory ledger, which no other connection can open. */
export const noRows: LedgerRows = { overwrite: () => Effect.void, expireLeases: Effect.void }

/** A ledger in its own file, deleted when the scope closes. */
export const ledgerFile = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "klingkit-simulation-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const path = join(folder, "ledger.db")
  const database = yield* Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(path, { timeout: 0 })),
    (database) => Effect.sync(() => database.close())
  )
  // A statement fails while the ledger has an open transaction, which only continues when this fiber yields.
  const write = (sql: string, ...values: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.try({ try: () => database.prepare(sql).run(...values), catch: (error) => error }).pipe(
      Effect.tapError(() => Effect.yieldNow),
      Effect.retry({ times: 1000 }),
      Effect.orDie,
      Effect.asVoid
    )
  const rows: LedgerRows = {
    overwrite: (handle, state) => write("UPDATE klingkit_jobs SET state = ? WHERE handle = ?", state, handle),
    expireLeases: write("UPDATE klingkit_jobs SET lease_until = 0 WHERE lease_until IS NOT NULL")
  }
  return { layer: layerSqlite(path), rows }
})
