import { Clock, Effect } from "effect"
import { type Job, jobOfRecord } from "./job.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { isPipeline, pipelineJob } from "./pipelines/pipeline-job.ts"
import { JobsSettings } from "./settings.ts"

/** What the ledger has under the handle of a principal's task or pipeline; nothing if it has none. Asks Kling nothing. */
export const recordedJob = Effect.fnUntraced(function* (
  handle: string,
  principal: string
): Effect.fn.Return<Job | undefined, LedgerError, Ledger> {
  const ledger = yield* Ledger
  const now = yield* Clock.currentTimeMillis
  const recorded: Effect.Effect<Job, LedgerError> = isPipeline(handle)
    ? Effect.zipWith(ledger.pipelines.get(handle, principal), ledger.pipelines.jobs(handle), (pipeline, steps) =>
        pipelineJob(pipeline, steps, now)
      )
    : Effect.map(ledger.get(handle, principal), jobOfRecord)
  return yield* Effect.catchReason(recorded, "LedgerError", "NotFound", () => Effect.succeed(undefined))
})

/** What the ledger has under each handle, of tasks and pipelines; what it does not have is left out. Asks Kling nothing. */
export const recordedJobs = Effect.fnUntraced(function* (
  handles: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<Job>, LedgerError, Ledger | JobsSettings> {
  const { principal } = yield* JobsSettings
  const found = yield* Effect.forEach(handles, (handle) => recordedJob(handle, principal))
  return found.filter((job) => job !== undefined)
})
