import type { Task } from "@klingkit/core"
import { Clock, Effect, Equal, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, readOneRow, readRow } from "./job-record.ts"
import { lockJob, updateJob } from "./job-row.ts"
import type { LedgerError } from "./ledger-error.ts"
import { latestRecheckAt, missingResults, recheckPauseMillis } from "./missing-results.ts"
import { announceResults } from "./messages.ts"
import { writeCharges } from "./transition-job.ts"

/** What Kling shows of a task that has succeeded. */
export type LateResults = Pick<Task, "outputs" | "charges">

/** With the pauses between them, about a day. */
const maxRechecks = 22

/**
 * Claims the next poll of a job that has succeeded and lacks results or its bill, if it is due: of several processes one asks
 * Kling. Each poll postpones the next; nothing is due after about a day of polls.
 */
export const claimRecheck = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  { handle, rechecks = 0 }: JobRecord
): Effect.fn.Return<JobRecord | undefined, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const next = rechecks + 1 < maxRechecks ? now + recheckPauseMillis(rechecks + 1) : null
  const [row] = yield* sql`UPDATE klingkit_jobs
    SET polled_at = ${now}, recheck_at = ${next}, rechecks = ${rechecks + 1}
    WHERE handle = ${handle} AND COALESCE(rechecks, 0) = ${rechecks} AND ${isDue({ sql }, now)} RETURNING *`
  return row === undefined ? undefined : yield* readOneRow(row)
})

const isDue = ({ sql }: Pick<LedgerDatabase["Service"], "sql">, now: number) =>
  sql`(recheck_at <= ${now} OR recheck_at > ${latestRecheckAt(now)})`

/** Jobs of an account, created after a time, that lack results or their bill and are due for another poll. */
export const dueRechecks = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { account, after, limit }: { readonly account: string; readonly after: number; readonly limit: number }
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE recheck_at IS NOT NULL AND ${isDue(database, now)}
    AND created_at > ${after} AND ${ofAccount(database, account)} ORDER BY recheck_at, handle LIMIT ${limit}`
  return rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
})

/**
 * Adds what Kling shows of a job that has succeeded: results that are more than the job has, or newer links to them, and a bill
 * that it lacks. A stale answer with less changes nothing.
 */
export const addLateResults = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  handle: string,
  { outputs, charges }: LateResults
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  return yield* database.transaction(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const job = yield* lockJob(database, handle)
      if (job.state !== "SUCCEEDED" && job.state !== "FETCHED") return job
      const isMore = outputs.length > 0 && outputs.length >= job.outputs.length && !Equal.equals(outputs, job.outputs)
      const isBilled = job.charges.length === 0 && charges.length > 0
      const changed = { ...job, ...(isMore ? { outputs } : {}), ...(isBilled ? { charges } : {}) }
      const isComplete = job.recheckAt !== undefined && missingResults(changed) === undefined
      if (!isMore && !isBilled && !isComplete) return job
      const columns = {
        ...(isMore ? { outputs: JSON.stringify(outputs) } : {}),
        ...(isComplete ? { recheck_at: null } : {}),
        updated_at: now
      }
      const updated = yield* updateJob(database, handle, columns)
      if (missingResults(updated)?.results === undefined) yield* announceResults(database, updated, now)
      return isBilled ? yield* writeCharges(database, updated, charges) : updated
    })
  )
})
