import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { dayOf } from "./budget.ts"
import type { LedgerDatabase } from "./database.ts"

/** How long Kling keeps results: until then a job whose files were never fetched is not forgotten. */
const resultLifeMillis = 30 * 86_400_000

/**
 * Forgets finished jobs and chains that ended before a time; what was spent today stays known, and so does what has an
 * idempotency key of its own: it is promised to be the same always. Answers how many jobs. The steps of a chain that may
 * still go on stay: without them they would be paid again.
 */
export const forgetBefore = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  time: number
): Effect.fn.Return<number, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`DELETE FROM klingkit_chains WHERE finished_at < ${time} AND idempotency_key IS NULL
    AND (state = 'SUCCEEDED' OR finished_at < ${now - resultLifeMillis})`
  yield* sql`DELETE FROM klingkit_bodies WHERE handle LIKE 'kk-chain-%'
    AND handle NOT IN (SELECT handle FROM klingkit_chains)`
  const forgotten = yield* sql`DELETE FROM klingkit_jobs
    WHERE finished_at < ${time} AND spent_day < ${dayOf(now)} AND (idempotency_key IS NULL OR chain IS NOT NULL)
    AND (chain IS NULL OR chain NOT IN (SELECT handle FROM klingkit_chains WHERE state <> 'SUCCEEDED'))
    AND (state IN ('REFUSED', 'FAILED', 'FETCHED') OR (state = 'SUCCEEDED' AND finished_at < ${now - resultLifeMillis}))
    RETURNING handle`
  return forgotten.length
})
