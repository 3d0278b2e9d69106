import { Clock, Effect, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readOneRow, readRow } from "./job-record.ts"
import { type JobState, unfinishedStates } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

export interface LeaseRequest {
  /** Of this process: any string that no other process uses. */
  readonly owner: string
  /** At most 600; renewed while the work is in progress. */
  readonly seconds: number
}

/** Which jobs still need work. */
export interface UnfinishedFilter {
  /** All that are neither finished nor `UNKNOWN`, when absent. */
  readonly states?: ReadonlyArray<JobState>
  readonly account?: string
  /** Created after this time, in milliseconds since 1970. */
  readonly after?: number
  /** 100 when absent. */
  readonly limit?: number
}

const maxSeconds = 600

export const leaseEnd = (now: number, seconds: number): number => now + Math.min(seconds, maxSeconds) * 1000

// Guards against clock skew: a lease that ends later than any can is ignored; the fence stops its owner.
const isFree = ({ sql }: LedgerDatabase["Service"], now: number) =>
  sql`(lease_until IS NULL OR lease_until <= ${now} OR lease_until > ${now + 2 * maxSeconds * 1000})`

/** A process works on it, or did until its lease ran out. */
export const isHeld = ({ sql }: LedgerDatabase["Service"], now: number) =>
  sql`(lease_until > ${now} AND lease_until <= ${now + 2 * maxSeconds * 1000})`

/** Claims a job for one process, if no other holds it; the new fence invalidates a former owner. */
export const claimJob = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  handle: string,
  { owner, seconds }: LeaseRequest
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const [row] = yield* sql`UPDATE klingkit_jobs
    SET lease_owner = ${owner}, lease_until = ${leaseEnd(now, seconds)}, lease_fence = lease_fence + 1
    WHERE handle = ${handle} AND ${isFree(database, now)} RETURNING *`
  if (row !== undefined) return yield* readOneRow(row)
  const held = yield* sql`SELECT handle FROM klingkit_jobs WHERE handle = ${handle}`
  return yield* ledgerError(held.length > 0 ? { _tag: "LeaseHeld", handle } : { _tag: "NotFound", id: handle })
})

/** Extends a lease that no other process has claimed since, even if it has run out. */
export const renewLease = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  { owner, fence }: Lease,
  seconds: number
): Effect.fn.Return<void, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const renewed = yield* sql`UPDATE klingkit_jobs SET lease_until = ${leaseEnd(now, seconds)}
    WHERE handle = ${handle} AND lease_owner = ${owner} AND lease_fence = ${fence} RETURNING handle`
  if (renewed.length === 0) return yield* ledgerError({ _tag: "LeaseLost", handle })
})

/** Releases a job at once; a lease that is no longer held is left as it is. */
export const releaseLease = ({ sql }: LedgerDatabase["Service"], handle: string, { owner, fence }: Lease) =>
  Effect.asVoid(
    sql`UPDATE klingkit_jobs SET lease_owner = NULL, lease_until = NULL
      WHERE handle = ${handle} AND lease_owner = ${owner} AND lease_fence = ${fence}`
  )

/** Unfinished jobs that no living process holds, those that were polled longest ago first, so that none is left out for ever; unreadable rows are left out. */
export const findUnfinished = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { states = unfinishedStates, account, after, limit = 100 }: UnfinishedFilter
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const conditions = [sql.in("state", states), isFree(database, now)]
  if (account !== undefined) conditions.push(ofAccount(database, account))
  if (after !== undefined) conditions.push(sql`created_at > ${after}`)
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${sql.and(conditions)}
    ORDER BY COALESCE(polled_at, 0), created_at LIMIT ${limit}`
  return rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
})

/** Finds unfinished jobs and claims each that no other process claims first. */
export const claimUnfinished = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  filter: UnfinishedFilter,
  request: LeaseRequest
): Effect.fn.Return<ReadonlyArray<JobRecord>, LedgerError | SqlError> {
  const found = yield* findUnfinished(database, filter)
  const claimed = yield* Effect.forEach(found, ({ handle }) =>
    claimJob(database, handle, request).pipe(
      Effect.map((job) => [job]),
      Effect.catchTag("LedgerError", () => Effect.succeed([]))
    )
  )
  return claimed.flat()
})
