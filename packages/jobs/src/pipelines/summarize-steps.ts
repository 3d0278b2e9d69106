import { findOperation } from "@klingkit/core"
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

/**
 * The steps whose results are those of the pipeline: all but the calls whose answers other steps work on, such as the speech
 * that a lip-sync contains.
 */
export const resultSteps = (
  steps: ReadonlyArray<Pick<PipelineRecord["steps"][number], "id" | "operation" | "takesFrom">>
): ReadonlySet<string> =>
  new Set(steps.flatMap(({ id, operation }) => (isUsed(steps, id) && !isTask(operation) ? [] : [id])))

/** Whether another step works on what a step makes. */
export const isUsed = (steps: ReadonlyArray<{ readonly takesFrom: ReadonlyArray<string> }>, id: string): boolean =>
  steps.some(({ takesFrom }) => takesFrom.includes(id))

const isTask = (operation: string): boolean => findOperation(operation)?.kind === "create"
