import { Clock, Effect, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readOneRow, readRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable } from "./storable-text.ts"

// Timestamps that are not transitions: none of them changes what may be done with the job.

/** Guards against clock skew: a poll further in the future than this is ignored. */
const maxAheadMillis = 60_000

/** It was not polled within `freshMillis`. */
export const isPollable = ({ sql }: LedgerDatabase["Service"], now: number, freshMillis: number) =>
  sql`(polled_at IS NULL OR polled_at <= ${now - freshMillis} OR polled_at > ${now + maxAheadMillis})`

/**
 * Claims the next poll of each of these jobs that was not polled within `freshMillis`: of several processes that want
 * the status of a job at the same moment one asks Kling, the others read what it persisted. Unreadable rows are left out.
 */
export const claimPolls = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  handles: ReadonlyArray<string>,
  freshMillis: number
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  if (handles.length === 0) return []
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const isDue = isPollable(database, now, freshMillis)
  // A locked row is being claimed; two statements that wait for each other's rows would deadlock.
  const free = sql.onDialectOrElse({
    pg: () =>
      sql`handle IN (SELECT handle FROM klingkit_jobs WHERE ${sql.in("handle", handles)} AND ${isDue}
        FOR UPDATE SKIP LOCKED)`,
    orElse: () => sql.in("handle", handles)
  })
  const rows = yield* sql`UPDATE klingkit_jobs SET polled_at = ${now} WHERE ${free} AND ${isDue} RETURNING *`
  return rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
})

/** A caller has the handle: should this process die, another sends the request instead of closing it. */
export const markAcknowledged = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string
): Effect.fn.Return<void, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`UPDATE klingkit_jobs SET acknowledged_at = ${now} WHERE handle = ${handle}`
})

/** The request waits for a concurrency slot. */
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

/** Kling has called back about a task of this account; returns its job, of any principal. */
export const markCallbackReceived = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  account: string,
  id: string
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  if (!isStorable(id)) return yield* ledgerError({ _tag: "NotFound", id })
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const [row] = yield* sql`UPDATE klingkit_jobs SET callback_received_at = ${now}
    WHERE ${ofAccount(database, account)} AND (handle = ${id} OR task_id = ${id}) RETURNING *`
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id }) : yield* readOneRow(row)
})
