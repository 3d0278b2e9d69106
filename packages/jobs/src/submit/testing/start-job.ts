import type { Plan } from "@klingkit/core"
import type { PipelinePlan } from "@klingkit/core/requests"
import { Effect } from "effect"
import type { Jobs, RunOptions } from "../../jobs.ts"
import { startedJob } from "../run-result.ts"

/** Runs the plan of a task or pipeline. */
export const startJob = (jobs: Jobs["Service"], plan: Plan | PipelinePlan, options?: RunOptions) =>
  Effect.flatMap(jobs.run(plan, options), startedJob)
