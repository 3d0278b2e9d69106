import { Clock, Effect } from "effect"
import type { SpendScope } from "./budget.ts"
import { logAlertsOf } from "./budgets.ts"
import {
  createPipeline,
  type CreatePipelineResult,
  findPipeline,
  type FoundPipeline,
  type NewPipeline
} from "./create-pipeline.ts"
import type { LedgerDatabase } from "./database.ts"
import { findSteps, jobsOfPipeline, type StepJob } from "./found-steps.ts"
import type { JobRecord } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"
import type { PipelineRecord } from "./pipeline-record.ts"
import {
  endPipeline,
  getPipeline,
  listPipelines,
  type PipelineFilter,
  resumePipeline,
  type ResumeOptions,
  type ResumedPipeline
} from "./pipeline-repository.ts"

/** The pipelines of a ledger. `input` reads their plans; their steps are jobs. */
export interface PipelineLedger {
  /** Persists a pipeline before its first step, within the limits for the whole; or finds the one it duplicates. */
  create(newPipeline: NewPipeline): Effect.Effect<CreatePipelineResult, LedgerError>
  /** The pipeline that this one would duplicate, if any. */
  find(newPipeline: NewPipeline): Effect.Effect<FoundPipeline | undefined, LedgerError>
  get(handle: string, principal: string): Effect.Effect<PipelineRecord, LedgerError>
  /** Newest first. */
  list(filter: PipelineFilter): Effect.Effect<ReadonlyArray<PipelineRecord>, LedgerError>
  /** In order of creation; a step that was retried has several. */
  jobs(handle: string): Effect.Effect<ReadonlyArray<StepJob>, LedgerError>
  /** By key: what pipelines of this principal and account have made, or are making. */
  findSteps(scope: SpendScope, keys: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, JobRecord>, LedgerError>
  /** Does nothing when it was resumed, or ended by another process, since `pipeline` was read. */
  end(pipeline: PipelineRecord, state: "STOPPED" | "SUCCEEDED", message?: string): Effect.Effect<void, LedgerError>
  /** Sets a stopped pipeline to running again, within the limits. */
  resume(pipeline: PipelineRecord, options?: ResumeOptions): Effect.Effect<ResumedPipeline, LedgerError>
}

export const pipelineLedger = (database: LedgerDatabase["Service"]): PipelineLedger => {
  const before = database.guard(true)
  const work = database.guard(false)
  return {
    create: (newPipeline) =>
      before(createPipeline(database, newPipeline)).pipe(
        Effect.tap(logAlertsOf),
        Effect.withSpan("Ledger.createPipeline")
      ),
    find: (newPipeline) => before(findPipeline(database, newPipeline)),
    get: (handle, principal) => work(getPipeline(database, handle, principal)),
    list: (filter) => work(listPipelines(database, filter)),
    jobs: (handle) => work(jobsOfPipeline(database, handle)),
    findSteps: (scope, keys) =>
      before(Effect.flatMap(Clock.currentTimeMillis, (now) => findSteps(database, scope, keys, now))),
    end: (pipeline, state, message) => work(endPipeline(database, pipeline, state, message)),
    resume: (pipeline, options = {}) =>
      before(resumePipeline(database, pipeline, options)).pipe(Effect.tap(logAlertsOf))
  }
}
