import { Clock, Effect } from "effect"
import { type Job, jobOfRecord } from "./job.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { isPipeline, pipelineJob } from "./pipelines/pipeline-job.ts"
import { JobsSettings } from "./settings.ts"

/** What the ledger has under each handle, of tasks and pipelines; what it does not have is left out. Asks Kling nothing. */
export const recordedJobs = Effect.fnUntraced(function* (
  handles: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<Job>, LedgerError, Ledger | JobsSettings> {
  const ledger = yield* Ledger
  const { principal } = yield* JobsSettings
  const now = yield* Clock.currentTimeMillis
  const recorded = (handle: string): Effect.Effect<Job, LedgerError> =>
    isPipeline(handle)
      ? Effect.zipWith(ledger.pipelines.get(handle, principal), ledger.pipelines.jobs(handle), (pipeline, steps) =>
          pipelineJob(pipeline, steps, now)
        )
      : Effect.map(ledger.get(handle, principal), jobOfRecord)
  const found = yield* Effect.forEach(handles, (handle) =>
    recorded(handle).pipe(
      Effect.map((job) => [job]),
      Effect.catchReason("LedgerError", "NotFound", () => Effect.succeed([]))
    )
  )
  return found.flat()
})
