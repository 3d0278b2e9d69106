import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import type { JobState } from "./job-state.ts"
import { maxRunMillis } from "./queue-keys.ts"

/** How many jobs are in a state that is not their last, or of unknown outcome, and how many concurrency slots they hold. */
export interface UnfinishedCount {
  readonly state: JobState
  /** Whose slots they compete for: a model or pack. */
  readonly queueKey: string | undefined
  readonly jobs: number
  readonly slots: number
}

/** Of all accounts and principals. */
export const countUnfinished = Effect.fnUntraced(function* ({
  sql
}: LedgerDatabase["Service"]): Effect.fn.Return<ReadonlyArray<UnfinishedCount>, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const rows = yield* sql<CountRow>`SELECT state, queue_key, COUNT(*) AS jobs,
      SUM(CASE WHEN state <> 'INTENT' AND state <> 'UNKNOWN' AND sent_at > ${now - maxRunMillis}
        THEN COALESCE(slots, 1) ELSE 0 END) AS held
    FROM klingkit_jobs WHERE ${sql.in("state", ["INTENT", "SENDING", "IN_DOUBT", "UNKNOWN", "ACCEPTED", "RUNNING"])}
    GROUP BY state, queue_key ORDER BY state, queue_key`
  return rows.map(({ state, queue_key: queueKey, jobs, held }) => ({
    state,
    queueKey: queueKey ?? undefined,
    jobs: Number(jobs),
    slots: Number(held)
  }))
})

/** PostgreSQL returns sums as text. */
interface CountRow {
  readonly state: JobState
  readonly queue_key: string | null
  readonly jobs: unknown
  readonly held: unknown
}
