import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { dayOf } from "./budget.ts"
import { type BudgetLevel, budgetLevels, levelColumn } from "./budget-line.ts"
import type { LedgerDatabase } from "./database.ts"

/**
 * Deletes finished jobs and pipelines that ended before a time, and returns how many jobs. Kept are the jobs of today,
 * what a budget without a period counts, those whose files are still at Kling only, whatever has an idempotency key of its own
 * (the same key always means the same job), and the steps of a pipeline that may still continue: without them they would be paid
 * again. Messages about what ended before that time go as well, once they are no longer to be sent, and what is
 * known of files that were uploaded before.
 */
export const purgeBefore = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  time: number
): Effect.fn.Return<number, SqlError> {
  const { sql } = database
  const countsJob = (level: BudgetLevel) =>
    sql`(level = ${level} AND name = klingkit_jobs.${levelColumn(database, level)})`
  const now = yield* Clock.currentTimeMillis
  yield* sql`DELETE FROM klingkit_pipelines WHERE finished_at < ${time} AND idempotency_key IS NULL
    AND (state = 'SUCCEEDED' OR finished_at < ${now - resultRetentionMillis})`
  yield* sql`DELETE FROM klingkit_bodies WHERE handle LIKE 'kk-chain-%'
    AND handle NOT IN (SELECT handle FROM klingkit_pipelines)`
  const purged = yield* sql`DELETE FROM klingkit_jobs
    WHERE finished_at < ${time} AND spent_day < ${dayOf(now)} AND (idempotency_key IS NULL OR pipeline IS NOT NULL)
    AND (pipeline IS NULL OR pipeline NOT IN (SELECT handle FROM klingkit_pipelines WHERE state <> 'SUCCEEDED'))
    AND handle NOT IN (SELECT job FROM klingkit_found_steps
      WHERE pipeline IN (SELECT handle FROM klingkit_pipelines WHERE state <> 'SUCCEEDED'))
    AND (state IN ('REFUSED', 'FAILED', 'FETCHED') OR (state = 'SUCCEEDED' AND finished_at < ${now - resultRetentionMillis}))
    AND (spent_micros = 0 OR NOT EXISTS (SELECT 1 FROM klingkit_budgets
      WHERE period = 'total' AND ${sql.or(budgetLevels.map(countsJob))}))
    RETURNING handle`
  yield* sql`DELETE FROM klingkit_found_steps WHERE job NOT IN (SELECT handle FROM klingkit_jobs)
    OR pipeline NOT IN (SELECT handle FROM klingkit_pipelines)`
  yield* sql`DELETE FROM klingkit_messages WHERE (ended_at < ${time} AND due_at IS NULL)
    OR endpoint NOT IN (SELECT id FROM klingkit_endpoints)`
  yield* sql`DELETE FROM klingkit_uploads WHERE expires_at < ${time}`
  return purged.length
})
