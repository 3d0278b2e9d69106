import type { KlingError } from "@klingkit/core"
import { Effect } from "effect"
import type { Job } from "./job.ts"
import { Jobs } from "./jobs.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { type RunResult, startedJob } from "./submit/run-result.ts"

/**
 * `startedJob`, with the job of a synchronous call that was already made read anew: the process that makes it may still wait for
 * the answer. Fails with `SubmissionUnknown` if that answer was lost.
 */
export const currentJob = (result: RunResult): Effect.Effect<Job, KlingError | LedgerError, Jobs> =>
  result._tag === "Duplicate"
    ? Effect.map(
        Jobs.use((jobs) => jobs.status(result.job.handle)),
        (latest) => ({ ...result.job, ...latest })
      )
    : startedJob(result)
