import { Clock, Effect, Option } from "effect"
import { type Job, jobOfRecord } from "../job.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { queuePositionIn } from "./queue-position.ts"

/** The job of a record, with its queue position if it is queued. */
export const withQueuePosition = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  record: JobRecord
): Effect.fn.Return<Job> {
  const job = jobOfRecord(record)
  if (record.state !== "INTENT" || record.queuedAt === undefined || record.queueKey === undefined) return job
  const queue = yield* Effect.option(ledger.queue(record.account, record.queueKey))
  const now = yield* Clock.currentTimeMillis
  const queuePosition = Option.isNone(queue) ? undefined : queuePositionIn(queue.value, record.handle, now)
  return queuePosition === undefined ? job : { ...job, queuePosition }
})
