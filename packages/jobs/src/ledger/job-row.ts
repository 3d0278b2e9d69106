import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** Reads a job within a transaction; no other transaction changes it before this one ends. */
export const lockJob = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const forUpdate = sql.onDialectOrElse({ pg: () => sql`FOR UPDATE`, orElse: () => sql.literal("") })
  const [row] = yield* sql`SELECT * FROM klingkit_jobs WHERE handle = ${handle} ${forUpdate}`
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readOneRow(row)
})

/** Writes columns of a job, whatever its state. */
export const updateJob = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  columns: Readonly<Record<string, unknown>>
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const [row] = yield* sql`UPDATE klingkit_jobs SET ${sql.update(columns)} WHERE handle = ${handle} RETURNING *`
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readOneRow(row)
})
