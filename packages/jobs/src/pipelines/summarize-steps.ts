import { dependsOn, type PipelineStep } from "@klingkit/core/requests"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"

/** The steps as the ledger lists them. */
export const summarizeSteps = (steps: ReadonlyArray<PipelineStep>): PipelineRecord["steps"] =>
  steps.map(({ id, plan, parallel = false }, index) => {
    const dependencies = dependsOn(plan.input)
    return {
      id,
      operation: plan.operation.id,
      quote: plan.quote,
      takesFrom: dependencies,
      needs: parallel ? dependencies : steps.slice(0, index).map((step) => step.id)
    }
  })
