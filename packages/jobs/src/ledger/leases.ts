import { Array, Clock, Effect, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readOneRow, readRow } from "./job-record.ts"
import { type JobState, jobStates, mayBeSent, unfinishedStates } from "./job-state.ts"
import { isPollable } from "./job-timestamps.ts"
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
  /** Left out, such as the jobs that this process works on even though their leases look expired. */
  readonly isExcluded?: (handle: string) => boolean
}

/** What recovery waits for. */
export interface RecoveryFilter {
  readonly account: string
  /** How often a request with an unknown outcome is looked up. */
  readonly lookUpEveryMillis: number
  /** Such requests are looked up if they were created after this time, in milliseconds since 1970. */
  readonly lookUpAfter: number
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
  const now = yield* database.leaseTime
  const [row] = yield* sql`UPDATE klingkit_jobs
    SET lease_owner = ${owner}, lease_until = ${leaseEnd(now, seconds)}, lease_fence = lease_fence + 1
    WHERE handle = ${handle} AND ${isFree(database, now)} RETURNING *`
  if (row !== undefined) return yield* readOneRow(row)
  const held = yield* sql`SELECT handle FROM klingkit_jobs WHERE handle = ${handle}`
  return yield* ledgerError(held.length > 0 ? { _tag: "LeaseHeld", handle } : { _tag: "NotFound", id: handle })
})

/** So many handles in one statement: SQLite takes a limited number of values. */
const perStatement = 500

/** Extends the leases of a process that no other has claimed since, even those that have run out. */
export const renewLeases = Effect.fnUntraced(function* (
  { sql, leaseTime }: LedgerDatabase["Service"],
  handles: ReadonlyArray<string>,
  { owner, seconds }: LeaseRequest
): Effect.fn.Return<void, SqlError> {
  for (const some of Array.chunksOf(handles, perStatement)) {
    const until = leaseEnd(yield* leaseTime, seconds)
    yield* sql`UPDATE klingkit_jobs SET lease_until = ${until} WHERE ${sql.in("handle", some)} AND lease_owner = ${owner}`
  }
})

/** Releases a job at once; a lease that is no longer held is left as it is. */
export const releaseLease = ({ sql }: LedgerDatabase["Service"], handle: string, { owner, fence }: Lease) =>
  Effect.asVoid(
    sql`UPDATE klingkit_jobs SET lease_owner = NULL, lease_until = NULL
      WHERE handle = ${handle} AND lease_owner = ${owner} AND lease_fence = ${fence}`
  )

/**
 * Unfinished jobs that no living process holds, those that were polled longest ago first, so that none is left out for ever;
 * unreadable rows are left out, and leave their place to the next.
 */
export const findUnfinished = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { states = unfinishedStates, account, after, limit = 100, isExcluded = () => false }: UnfinishedFilter,
  order: "leastPolled" | "leastClaimed" = "leastPolled"
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  const { sql } = database
  const now = yield* database.leaseTime
  const conditions = [sql.in("state", states), isFree(database, now)]
  if (account !== undefined) conditions.push(ofAccount(database, account))
  if (after !== undefined) conditions.push(sql`created_at > ${after}`)
  const turn = order === "leastClaimed" ? sql`lease_fence` : sql`COALESCE(polled_at, 0)`
  const found: Array<JobRecord> = []
  for (let offset = 0; found.length < limit; offset += limit) {
    const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${sql.and(conditions)}
      ORDER BY ${turn}, created_at, handle LIMIT ${limit} OFFSET ${offset}`
    const jobs = rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
    found.push(...jobs.filter(({ handle }) => !isExcluded(handle)))
    if (rows.length < limit) break
  }
  return found.slice(0, limit)
})

/**
 * When recovery next has work, in milliseconds since 1970 by the clock of this machine: the end of the next lease of a request that may have to be sent, or
 * the next lookup of one with an unknown outcome. 0: now. Nothing: there are none.
 */
export const nextRecoveryAt = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { account, lookUpEveryMillis, lookUpAfter }: RecoveryFilter
): Effect.fn.Return<number | undefined, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const leaseTime = yield* database.leaseTime
  const lookUpAt = sql`CASE WHEN ${isPollable(database, now, lookUpEveryMillis)} THEN 0
    ELSE polled_at + ${lookUpEveryMillis} END`
  const [row] = yield* sql`SELECT MIN(CASE WHEN state = 'UNKNOWN' THEN ${lookUpAt}
      WHEN ${isFree(database, leaseTime)} THEN 0 ELSE lease_until - ${leaseTime} + ${now} END) AS due
    FROM klingkit_jobs WHERE ${ofAccount(database, account)}
      AND (${sql.in("state", jobStates.filter(mayBeSent))} OR (state = 'UNKNOWN' AND created_at > ${lookUpAfter}))`
  const due = row?.["due"]
  return due === undefined || due === null ? undefined : Number(due)
})

/** Claims unfinished jobs, those with the fewest turns so far first, each unless another process claims it first. */
export const claimUnfinished = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  filter: UnfinishedFilter,
  request: LeaseRequest
): Effect.fn.Return<ReadonlyArray<JobRecord>, LedgerError | SqlError> {
  const found = yield* findUnfinished(database, filter, "leastClaimed")
  const claimed = yield* Effect.forEach(found, ({ handle }) =>
    claimJob(database, handle, request).pipe(
      Effect.map((job) => [job]),
      Effect.catchTag("LedgerError", () => Effect.succeed([]))
    )
  )
  return claimed.flat()
})
