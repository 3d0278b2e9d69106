import { Effect } from "effect"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import { closestMatch } from "../params/closest-match.ts"
import { sumOfQuotes } from "../prices/quote.ts"
import type { PipelinePlan, PipelineStep } from "./pipeline-plan.ts"
import { dependsOn } from "./step-reference.ts"

/** Which steps of a pipeline are wanted, and which takes of them. */
export interface StepSelection {
  /** Only these steps, and the steps that they take from; all when absent. */
  readonly only?: ReadonlyArray<string>
  /** By step: 2 asks for a second result of the same step. */
  readonly stepTakes?: Readonly<Record<string, number>>
}

/** The pipeline with the takes that are asked for. Names that no step has are refused. */
export const withTakes = (
  plan: PipelinePlan,
  stepTakes: Readonly<Record<string, number>> = {}
): Effect.Effect<PipelinePlan, KlingError> =>
  Effect.as(requireSteps(plan, "take", Object.keys(stepTakes)), {
    ...plan,
    steps: plan.steps.map((step): PipelineStep => {
      const take = stepTakes[step.id]
      return take === undefined ? step : { ...step, take }
    })
  })

/** The steps of these names with all that they take from, in the order of the plan. */
export const onlySteps = (
  plan: PipelinePlan,
  only: ReadonlyArray<string> | undefined
): Effect.Effect<PipelinePlan, KlingError> => {
  if (only === undefined || only.length === 0) return Effect.succeed(plan)
  const needed = new Set(only)
  for (const { id, plan: step } of plan.steps.toReversed()) {
    if (needed.has(id)) for (const source of dependsOn(step.input)) needed.add(source)
  }
  const selected = stepsOf(plan, (id) => needed.has(id))
  return Effect.as(requireSteps(plan, "only", only), selected)
}

/** The same pipeline with some of its steps, at their price. */
export const stepsOf = (plan: PipelinePlan, isWanted: (id: string) => boolean): PipelinePlan => {
  const steps = plan.steps.filter(({ id }) => isWanted(id))
  return steps.length === plan.steps.length
    ? plan
    : { ...plan, steps, quote: sumOfQuotes(steps.map((step) => step.plan.quote)) }
}

const requireSteps = ({ steps }: PipelinePlan, field: string, names: ReadonlyArray<string>) => {
  const known = steps.map(({ id }) => id)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return Effect.void
  const closest = closestMatch(unknown, known)
  const hint = closest === undefined ? `the steps are: ${known.join(", ")}` : `did you mean ${closest}?`
  return Effect.fail(invalidInput([{ field, message: `names no step: ${unknown}; ${hint}` }]))
}
