import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { type JobFile, type JobRecord, readOneRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** Adds saved files to a job; a file saved again to the same path replaces its entry. */
export const addFiles = (
  database: LedgerDatabase["Service"],
  handle: string,
  files: ReadonlyArray<JobFile>
): Effect.Effect<JobRecord, LedgerError | SqlError> => {
  const { sql } = database
  const forUpdate = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE`, orElse: () => sql.literal("") })
  return database.transaction(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const [before] = yield* sql`SELECT * FROM klingkit_jobs WHERE handle = ${handle} ${forUpdate}`
      if (before === undefined) return yield* ledgerError({ _tag: "NotFound", id: handle })
      const job = yield* readOneRow(before)
      const all = new Map([...job.files, ...files].map((file) => [file.path, file]))
      const columns = { files: JSON.stringify([...all.values()]), updated_at: now }
      const [after] = yield* sql`UPDATE klingkit_jobs SET ${sql.update(columns)} WHERE handle = ${handle} RETURNING *`
      return after === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readOneRow(after)
    })
  )
}
