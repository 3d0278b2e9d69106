import type { JobState } from "@klingkit/jobs"
import { layerSqlite } from "@klingkit/jobs/sqlite"
import { Effect } from "effect"
import { linkSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Conditions } from "./conditions.ts"

/** Direct access to the ledger's rows, for mutants. */
export interface LedgerRows {
  readonly overwrite: (handle: string, state: JobState) => Effect.Effect<void>
  readonly expireLeases: Effect.Effect<void>
}

/** For an in-memory ledger, which no other connection can open. */
export const noRows: LedgerRows = { overwrite: () => Effect.void, expireLeases: Effect.void }

/** What becomes of the file of a ledger under the programs that use it. */
export type Exchange = NonNullable<Conditions["ledgerExchange"]>["how"]

/** A ledger in its own file, deleted when the scope closes. `watchesOtherPath`: programs open it under another name. */
export const ledgerFile = Effect.fnUntraced(function* (watchesOtherPath: boolean) {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "klingkit-simulation-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const path = join(folder, "ledger.db")
  const other = join(folder, "other.db")
  if (watchesOtherPath) {
    writeFileSync(path, "")
    linkSync(path, other)
  }
  const database = yield* Effect.acquireRelease(
    Effect.sync(() => new DatabaseSync(watchesOtherPath ? other : path, { timeout: 0 })),
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
  const exchange = (how: Exchange): Effect.Effect<void> =>
    Effect.sync(() => {
      if (how === "moved") return renameSync(path, `${path}.moved`)
      rmSync(path)
      return how === "replaced" ? writeFileSync(path, "") : undefined
    })
  return { layer: layerSqlite(watchesOtherPath ? other : path), rows, exchange }
})
