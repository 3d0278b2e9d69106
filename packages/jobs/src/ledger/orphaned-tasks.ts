import { Effect, Result } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type Lease, readRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable } from "./storable-text.ts"
import { transitionJob } from "./transition-job.ts"

/** Those of these tasks of Kling that belong to a job, of any principal, with its handle. */
export const takenTasks = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  taskIds: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyMap<string, string>, SqlError> {
  if (taskIds.length === 0) return new Map()
  const rows = yield* sql<{
    task_id: string
    handle: string
  }>`SELECT task_id, handle FROM klingkit_jobs WHERE ${sql.in("task_id", taskIds)}`
  return new Map(rows.map((row) => [row.task_id, row.handle]))
})

/** Jobs of an account, of any principal, whose request was first sent in this time and whose task is not known. */
export const jobsInDoubt = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  account: string,
  sent: { readonly from: number; readonly until: number }
): Effect.fn.Return<ReadonlyArray<JobRecord>, SqlError> {
  const { sql } = database
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${ofAccount(database, account)}
    AND ${sql.in("state", ["SENDING", "IN_DOUBT", "UNKNOWN"])} AND sent_at >= ${sent.from} AND sent_at <= ${sent.until}`
  return rows.flatMap((row) => Result.match(readRow(row), { onSuccess: (job) => [job], onFailure: () => [] }))
})

/** Gives a job of unknown outcome its task, unless another job has that task: no two jobs ever adopt the same one. */
export const adoptTask = (
  database: LedgerDatabase["Service"],
  handle: string,
  taskId: string,
  lease?: Lease
): Effect.Effect<JobRecord, LedgerError | SqlError> =>
  database.exclusive(
    Effect.gen(function* () {
      const { sql } = database
      if (!isStorable(taskId)) return yield* ledgerError({ _tag: "Unstorable", field: "taskId" })
      const others =
        yield* sql`SELECT handle FROM klingkit_jobs WHERE task_id = ${taskId} AND handle <> ${handle} LIMIT 1`
      if (others.length > 0) return yield* ledgerError({ _tag: "TaskTaken", taskId })
      const changes = { taskId, ...(lease === undefined ? {} : { lease }) }
      return yield* transitionJob(database, handle, ["IN_DOUBT", "UNKNOWN"], "ACCEPTED", changes)
    })
  )
