import { Clock, Effect } from "effect"
import { Account } from "./accounts/account.ts"
import { type Job, jobOfRecord } from "./job.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { pipelineJob } from "./pipelines/pipeline-job.ts"
import { JobsSettings } from "./settings.ts"

/** How many keys one statement looks for. */
const keysAtOnce = 200

/** What the ledger has under each of the caller's keys: tasks, calls and pipelines. Asks Kling nothing. */
export const findByKeys = Effect.fnUntraced(function* (
  keys: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyMap<string, Job>, LedgerError, Account | Ledger | JobsSettings> {
  const account = yield* Account.use(({ current }) => current)
  const { principal } = yield* JobsSettings
  const ledger = yield* Ledger
  const now = yield* Clock.currentTimeMillis
  const found = new Map<string, Job>()
  for (let start = 0; start < keys.length; start += keysAtOnce) {
    const idempotencyKeys = keys.slice(start, start + keysAtOnce)
    const scope = { principal, account, idempotencyKeys, limit: keysAtOnce }
    for (const record of (yield* ledger.list(scope)).jobs) {
      if (record.idempotencyKey !== undefined) found.set(record.idempotencyKey, jobOfRecord(record))
    }
    for (const pipeline of yield* ledger.pipelines.list(scope)) {
      const steps = yield* ledger.pipelines.jobs(pipeline.handle)
      if (pipeline.idempotencyKey !== undefined) found.set(pipeline.idempotencyKey, pipelineJob(pipeline, steps, now))
    }
  }
  return found
})
