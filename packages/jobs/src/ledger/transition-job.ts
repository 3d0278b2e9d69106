import type { Charge, TaskOutput } from "@klingkit/core"
import { chargedUsd, stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { micros, releaseReservation } from "./budget.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readOneRow } from "./job-record.ts"
import { lockJob, updateJob } from "./job-row.ts"
import { isFinishedState, isLastState, type JobState, mayBeSent, maxSends, sendsDelta } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { announceEnd } from "./messages.ts"
import { missingResults, recheckPauseMillis } from "./missing-results.ts"
import { storable } from "./storable-text.ts"

/** What a transition persists along with the state. */
export interface JobChanges {
  /** Required to send; for other transitions, when given, it is checked in the same statement. */
  readonly lease?: Lease
  /** Only if the job was last acknowledged at this time; 0 for never. */
  readonly acknowledgedAt?: number
  readonly taskId?: string
  /** Kling's own text: untrusted. */
  readonly message?: string
  readonly outputs?: ReadonlyArray<TaskOutput>
  readonly charges?: ReadonlyArray<Charge>
  /** When the task ended by Kling's clock, in milliseconds since 1970: files are kept for 30 days from then. */
  readonly endedAt?: number
  /** Of a synchronous call: its result. */
  readonly answer?: unknown
}

/**
 * Moves a job to the next state, if it is still in one of the states `from`. The old state, the number of sends and the
 * lease are conditions of the single statement that writes, so of two concurrent calls one wins and the other fails.
 */
export const transitionJob = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  handle: string,
  from: ReadonlyArray<JobState>,
  to: JobState,
  changes: JobChanges
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const { lease, acknowledgedAt, taskId, message, outputs, charges, answer, endedAt = now } = changes
  if (to === "SENDING" && lease === undefined) return yield* explain(database, handle, to, lease)
  if (to === "SENDING") yield* database.inPlace
  const sources = from.flatMap((state) => {
    const limit = maxSends(state, to)
    return limit === undefined ? [] : [sql`(state = ${state} AND sends <= ${limit})`]
  })
  if (sources.length === 0) return yield* explain(database, handle, to, lease)
  const columns = {
    state: to,
    updated_at: now,
    ...(taskId === undefined ? {} : { task_id: storable(taskId) }),
    ...(message === undefined ? {} : { message: storable(message) }),
    ...(outputs === undefined ? {} : { outputs: JSON.stringify(outputs) }),
    ...(answer === undefined ? {} : { answer: stringifyJson(answer) }),
    ...(to === "INTENT" ? { sent_at: null } : {}),
    ...(to === "REFUSED" ? { spent_micros: 0 } : {}),
    ...(isLastState(to) ? { lease_owner: null, lease_until: null } : {})
  }
  const increments = [
    sql`sends = sends + ${sendsDelta(to)}`,
    ...(to === "SENDING" ? [sql`sent_at = COALESCE(sent_at, ${now})`] : []),
    ...(isFinishedState(to) ? [sql`finished_at = COALESCE(finished_at, ${endedAt})`] : [])
  ]
  const held = lease === undefined ? sql`1 = 1` : sql`lease_owner = ${lease.owner} AND lease_fence = ${lease.fence}`
  const acknowledged = acknowledgedAt === undefined ? sql`1 = 1` : sql`COALESCE(acknowledged_at, 0) = ${acknowledgedAt}`
  const write = Effect.gen(function* () {
    const [row] = yield* sql`UPDATE klingkit_jobs SET ${sql.update(columns)}, ${sql.csv(increments)}
      WHERE handle = ${handle} AND ${sql.or(sources)} AND ${held} AND ${acknowledged} RETURNING *`
    if (row === undefined) return yield* explain(database, handle, to, lease)
    if (!mayBeSent(to)) yield* sql`DELETE FROM klingkit_bodies WHERE handle = ${handle}`
    const job = yield* readOneRow(row)
    if (to === "REFUSED" && job.pipeline !== undefined) yield* releaseReservation(database, job.pipeline, job.quote)
    const charged = charges === undefined ? job : yield* writeCharges(database, job, charges)
    yield* announceEnd(database, charged, now)
    return to === "SUCCEEDED" ? yield* scheduleRecheck(database, charged, now) : charged
  })
  return yield* database.transaction(write)
})

/** A success without its results or its bill is looked at again. */
const scheduleRecheck = (
  database: LedgerDatabase["Service"],
  job: JobRecord,
  now: number
): Effect.Effect<JobRecord, LedgerError | SqlError> =>
  missingResults(job) === undefined
    ? Effect.succeed(job)
    : updateJob(database, job.handle, { recheck_at: now + recheckPauseMillis(0) })

/** Records what Kling charged, and counts that against the limits in place of the quote. */
export const recordCharge = (
  database: LedgerDatabase["Service"],
  handle: string,
  charges: ReadonlyArray<Charge>
): Effect.Effect<JobRecord, LedgerError | SqlError> =>
  database.transaction(Effect.flatMap(lockJob(database, handle), (job) => writeCharges(database, job, charges)))

/** Writes what Kling charged, within a transaction. */
export const writeCharges = (
  database: LedgerDatabase["Service"],
  { handle, quote }: JobRecord,
  charges: ReadonlyArray<Charge>
): Effect.Effect<JobRecord, LedgerError | SqlError> => {
  const usd = chargedUsd(charges, quote)
  return updateJob(database, handle, {
    charges: JSON.stringify(charges),
    ...(usd === undefined ? {} : { spent_micros: micros(usd) })
  })
}

/** Why a transition failed. */
const explain = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  wanted: JobState,
  lease: Lease | undefined
): Effect.fn.Return<never, LedgerError | SqlError> {
  const [row] = yield* sql`SELECT state, lease_owner, lease_fence FROM klingkit_jobs WHERE handle = ${handle}`
  if (row === undefined) return yield* ledgerError({ _tag: "NotFound", id: handle })
  const isHeld = lease !== undefined && row["lease_owner"] === lease.owner && Number(row["lease_fence"]) === lease.fence
  const isLost = lease === undefined ? wanted === "SENDING" : !isHeld
  return yield* ledgerError(
    isLost ? { _tag: "LeaseLost", handle } : { _tag: "StateConflict", handle, wanted, found: String(row["state"]) }
  )
})
