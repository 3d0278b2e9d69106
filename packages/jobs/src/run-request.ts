import type { KlingError, Plan, Task } from "@klingkit/core"
import { taskFrom } from "@klingkit/core/internal"
import { isPipeline, type PipelinePlan } from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import type { Job } from "./job.ts"
import type { JobError } from "./job-error.ts"
import { Jobs } from "./jobs.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { SubmitJobOptions } from "./submit/submit-job.ts"

export type RunRequestOptions = Omit<SubmitJobOptions, "partOf">

/**
 * Runs what a request asks for as one job, whatever it takes: a task, the steps of a pipeline, or a synchronous call, whose
 * job is finished when it is returned. A duplicate, or the same key, returns the earlier job: nothing is paid twice.
 */
export const runRequest = (
  plan: Plan | PipelinePlan,
  options: RunRequestOptions = {}
): Effect.Effect<Job, KlingError | JobError | LedgerError, Jobs> =>
  Jobs.use((jobs) =>
    isPipeline(plan)
      ? jobs.startPipeline(plan, options)
      : plan.operation.kind === "create"
        ? jobs.submit(plan, options)
        : callAsJob(jobs, plan, options)
  )

const callAsJob = (jobs: Jobs["Service"], plan: Plan, { allowDuplicate = false, ...options }: RunRequestOptions) => {
  const minted: { handle?: string } = {}
  const onHandle = (handle: string) =>
    Effect.andThen(
      Effect.sync(() => (minted.handle = handle)),
      options.onHandle?.(handle) ?? Effect.void
    )
  return jobs.call(plan, { ...options, allowDuplicate, onHandle }).pipe(
    Effect.map((answer): Job => {
      const task = Option.getOrElse(taskFrom(answer), () => answeredTask(minted.handle ?? ""))
      return { handle: minted.handle ?? task.id, task, plan }
    }),
    Effect.catchReason("JobError", "Duplicate", ({ taskId }) =>
      Effect.map(jobs.status(taskId), (job): Job => ({ ...job, plan, isDuplicate: true }))
    )
  )
}

/** The task of an answer that is not one itself. */
const answeredTask = (handle: string): Task => ({
  id: handle,
  externalId: handle,
  status: "succeed",
  outputs: [],
  charges: []
})
