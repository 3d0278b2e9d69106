import { dependsOn, type PipelineStep } from "@klingkit/core/requests"
import type { PipelineRecord } from "../ledger/pipeline-record.ts"

/** The steps as the ledger lists them; with keys, other pipelines find them. */
export const summarizeSteps = (
  steps: ReadonlyArray<PipelineStep>,
  keys: ReadonlyMap<string, string>
): PipelineRecord["steps"] =>
  steps.map(({ id, plan, parallel = false }, index) => {
    const dependencies = dependsOn(plan.input)
    const key = keys.get(id)
    return {
      id,
      operation: plan.operation.id,
      quote: plan.quote,
      takesFrom: dependencies,
      needs: parallel ? dependencies : steps.slice(0, index).map((step) => step.id),
      ...(key === undefined ? {} : { key })
    }
  })
