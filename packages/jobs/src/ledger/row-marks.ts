import { Clock, Effect, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readOneRow, readRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable } from "./storable-text.ts"

// Times on a row that are no step of the job. None of them changes what may be done with it.

/** A look that seems to lie further ahead than this stands for a clock that was set back. */
const mostAheadMillis = 60_000

/**
 * Takes the next look at each of these jobs, where nobody has taken one within `freshMillis`: of several processes that
 * want to see a job at the same moment one asks Kling, the others read what it wrote down. Unreadable rows are left out.
 */
export const claimLooks = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handles: ReadonlyArray<string>,
  freshMillis: number
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  if (handles.length === 0) return []
  const now = yield* Clock.currentTimeMillis
  const isDue = sql`(looked_at IS NULL OR looked_at <= ${now - freshMillis} OR looked_at > ${now + mostAheadMillis})`
  // A row that is locked is being claimed; two that wait for each other's rows would never end.
  const free = sql.onDialectOrElse({
    pg: () =>
      sql`handle IN (SELECT handle FROM klingkit_jobs WHERE ${sql.in("handle", handles)} AND ${isDue}
        FOR UPDATE SKIP LOCKED)`,
    orElse: () => sql.in("handle", handles)
  })
  const rows = yield* sql`UPDATE klingkit_jobs SET looked_at = ${now} WHERE ${free} AND ${isDue} RETURNING *`
  return rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
})

/** From now on somebody counts on the request: whoever comes next goes on with it. */
export const markPromised = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string
): Effect.fn.Return<void, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`UPDATE klingkit_jobs SET promised_at = ${now} WHERE handle = ${handle}`
})

/** The request stands in line for a parallel place. */
export const markQueued = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  { owner, fence }: Lease
): Effect.fn.Return<void, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const marked = yield* sql`UPDATE klingkit_jobs SET queued_at = COALESCE(queued_at, ${now})
    WHERE handle = ${handle} AND lease_owner = ${owner} AND lease_fence = ${fence} RETURNING handle`
  if (marked.length === 0) return yield* ledgerError({ _tag: "LeaseLost", handle })
})

/** Kling has called back about a task of this account; answers its job, whoever's it is. */
export const markCalled = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  account: string,
  id: string
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  if (!isStorable(id)) return yield* ledgerError({ _tag: "NotFound", id })
  const now = yield* Clock.currentTimeMillis
  const [row] = yield* sql`UPDATE klingkit_jobs SET called_at = ${now}
    WHERE account = ${account} AND (handle = ${id} OR task_id = ${id}) RETURNING *`
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id }) : yield* readOneRow(row)
})
