import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import type { AnyOperation } from "../operation.ts"
import { findOperation } from "../operations/catalog.ts"
import { planOperation } from "../plan/plan-operation.ts"
import type { Plan } from "../plan/plan.ts"
import type { StoredRequest } from "../plan/stored-request.ts"
import { type Quote, sumOfQuotes } from "../prices/quote.ts"
import { isExactNumber } from "../wire/json.ts"
import { Effect, Schema } from "effect"
import { stepsText } from "./steps-text.ts"
import { dependsOn, placeholderOf, ref, replaceReferences, type StepReference } from "./step-reference.ts"

/** One paid step of a pipeline. Its input may hold references to the results of earlier steps. */
export interface PipelineStep {
  /** Its name within the pipeline. */
  readonly id: string
  /** Validated with placeholders for its references. */
  readonly plan: Plan
  /** Starts as soon as the steps that it refers to have succeeded; by default a step waits for all before it. */
  readonly parallel?: boolean
  /** Which of several identical steps this is; that of the whole pipeline when absent. */
  readonly take?: number
}

/** Several paid steps as one request: one price, one approval, one handle. */
export interface PipelinePlan {
  /** A display name: `lip-sync`. */
  readonly name: string
  readonly steps: ReadonlyArray<PipelineStep>
  /** The sum, never more certain than the least certain step. */
  readonly quote: Quote
  readonly warnings: ReadonlyArray<string>
  /** The one request that it is planned from; absent where it is put together from several. */
  readonly request?: StoredRequest
}

/** Plans a step by its operation; invalid fields are refused here, before anything is paid. */
export const planStep = (
  id: string,
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>
): Effect.Effect<PipelineStep, KlingError> =>
  Effect.map(planOperation(operation, replaceReferences(input, placeholderOf)), (plan) => ({
    id,
    plan: { ...plan, input }
  }))

/** A step from a plan that was made with the placeholders of its references. */
export const stepFromPlan = (id: string, plan: Plan, references: ReadonlyArray<StepReference>): PipelineStep => {
  const byPlaceholder = new Map(references.map((reference) => [placeholderOf(reference), reference]))
  const restore = (value: unknown): unknown => {
    const reference = byPlaceholder.get(value)
    if (reference !== undefined) return ref(reference)
    if (typeof value !== "object" || value === null || isExactNumber(value)) return value
    if (Array.isArray(value)) return value.map(restore)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restore(item)]))
  }
  return { id, plan: { ...plan, input: restore(plan.input) as Plan["input"] } }
}

/** Combines steps into a pipeline. A step may refer to earlier ones only. */
export const planPipeline = (
  name: string,
  steps: ReadonlyArray<PipelineStep>,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<PipelinePlan, KlingError> => {
  const problems = steps.flatMap(({ id, plan }, index) => {
    const earlier = steps.slice(0, index).map((step) => step.id)
    return [
      ...(earlier.includes(id) ? [{ field: id, message: "is the name of two steps; step names must be unique" }] : []),
      // A process that resumes the pipeline finds the operation by its id.
      ...(findOperation(plan.operation.id) === undefined
        ? [{ field: id, message: `${plan.model} is not in klingkit's model table, so it cannot be part of a pipeline` }]
        : []),
      ...dependsOn(plan.input)
        .filter((from) => !earlier.includes(from))
        .map((from) => ({ field: id, message: `refers to ${from}, which is not an earlier step` }))
    ]
  })
  if (steps.length === 0) problems.push({ field: "steps", message: "are missing" })
  if (problems.length > 0) return Effect.fail(invalidInput(problems))
  return Effect.succeed({
    name,
    steps,
    quote: sumOfQuotes(steps.map(({ plan }) => plan.quote)),
    warnings: [...warnings, ...new Set(steps.flatMap(({ plan }) => plan.warnings))]
  })
}

/** Names a pipeline inside fingerprints, by which the ledger finds it and its steps again: it must never change. */
export const fingerprintKey = "chain"

/** A pipeline as a single plan, for its quote and its approval. It has the operation of its last step. */
export const toPlan = ({ name, steps, quote, warnings, request }: PipelinePlan): Plan => {
  const last = steps.at(-1) as PipelineStep
  const references = new Map(steps.flatMap(({ plan }) => [...(plan.references ?? [])]))
  return {
    operation: last.plan.operation,
    input: { [fingerprintKey]: name, steps: serializeSteps(steps) },
    model: last.plan.model,
    reasons: [`${stepsText(steps.length)}: ${steps.map(({ plan }) => plan.operation.id).join(", ")}`],
    warnings,
    quote,
    ...(request === undefined ? {} : { request }),
    ...(references.size === 0 ? {} : { references })
  }
}

/** A step as data, enough for any program to send it. */
export const StoredStep = Schema.Struct({
  id: Schema.String,
  operation: Schema.String,
  input: Schema.Record(Schema.String, Schema.Unknown),
  take: Schema.optionalKey(Schema.Int)
})
export type StoredStep = typeof StoredStep.Type

export const serializeSteps = (steps: ReadonlyArray<PipelineStep>): ReadonlyArray<StoredStep> =>
  steps.map(({ id, plan: { operation, input }, take }) => ({
    id,
    operation: operation.id,
    input,
    ...(take === undefined ? {} : { take })
  }))

/** The plan of a stored step whose references are resolved, at the price that was quoted. */
export const restorePlan = (
  { operation, input }: Pick<StoredStep, "operation" | "input">,
  quote: Quote
): Effect.Effect<Plan, KlingError> => {
  const declared = findOperation(operation)
  return declared === undefined
    ? Effect.fail(
        invalidInput([{ field: "operation", message: `${operation} is not known to this version of klingkit` }])
      )
    : Effect.map(planOperation(declared, input), (plan) => ({ ...plan, quote }))
}
