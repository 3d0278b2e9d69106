import type { JobState } from "@klingkit/jobs"
import { layerSqlite } from "@klingkit/jobs/sqlite"
import { Effect } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

/** The ledger's rows behind its back, for mutants. */
export interface LedgerRows {
  readonly overwrite: (handle: string, state: JobState) => Effect.Effect<void>
  readonly freeLeases: Effect.Effect<void>
}

/** Of a ledger in memory, which nobody else can open. */
export const noRows: LedgerRows = { overwrite: () => Effect.void, freeLeases: Effect.void }

/** A ledger in a file of its own, until the scope is closed. */
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
  // A statement fails while a transaction of the ledger is open, and that goes on only when this one waits its turn.
  const write = (sql: string, ...values: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.try({ try: () => database.prepare(sql).run(...values), catch: (error) => error }).pipe(
      Effect.tapError(() => Effect.yieldNow),
      Effect.retry({ times: 1000 }),
      Effect.orDie,
      Effect.asVoid
    )
  const rows: LedgerRows = {
    overwrite: (handle, state) => write("UPDATE klingkit_jobs SET state = ? WHERE handle = ?", state, handle),
    freeLeases: write("UPDATE klingkit_jobs SET lease_until = 0 WHERE lease_until IS NOT NULL")
  }
  return { layer: layerSqlite(path), rows }
})
