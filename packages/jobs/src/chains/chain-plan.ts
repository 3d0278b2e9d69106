import {
  type AnyOperation,
  findOperation,
  invalidInput,
  type KlingError,
  type Plan,
  planOperation,
  type Quote,
  sumOfQuotes
} from "@klingkit/core"
import { Effect } from "effect"
import type { ChainRecord } from "../ledger/chain-record.ts"
import { sampleOf, type Take, taken, takesFrom, withTakes } from "./take.ts"

/** One paid step of a chain. Its input may hold takes, places that earlier steps fill. */
export interface ChainStep {
  /** Its name within the chain. */
  readonly id: string
  /** Checked with samples in the places that are still empty. */
  readonly plan: Plan
  /** Begins without waiting for steps that it takes nothing from; by itself a step waits for all before it. */
  readonly alongside?: boolean
}

/** Several paid steps as one wish: one price, one approval, one handle. */
export interface ChainPlan {
  /** For people: `lip-sync`. */
  readonly name: string
  readonly steps: ReadonlyArray<ChainStep>
  /** The sum, never more certain than the least certain step. */
  readonly quote: Quote
  readonly warnings: ReadonlyArray<string>
}

/** A step by its operation; the fields that the operation would refuse are refused now. */
export const planStep = (
  id: string,
  operation: AnyOperation,
  input: Readonly<Record<string, unknown>>
): Effect.Effect<ChainStep, KlingError> =>
  Effect.map(planOperation(operation, withTakes(input, sampleOf)), (plan) => ({ id, plan: { ...plan, input } }))

/** A step whose plan was made with the samples of takes in the places that they will fill. */
export const stepOfPlan = (id: string, plan: Plan, takes: ReadonlyArray<Take>): ChainStep => {
  const bySample = new Map(takes.map((take) => [sampleOf(take), take]))
  const fill = (value: unknown): unknown => {
    const take = bySample.get(value)
    if (take !== undefined) return taken(take)
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
    if (Array.isArray(value)) return value.map(fill)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one)]))
  }
  return { id, plan: { ...plan, input: fill(plan.input) as Plan["input"] } }
}

/** The whole of the steps. Each takes from earlier ones only. */
export const planChain = (
  name: string,
  steps: ReadonlyArray<ChainStep>,
  warnings: ReadonlyArray<string> = []
): Effect.Effect<ChainPlan, KlingError> => {
  const problems = steps.flatMap(({ id, plan }, index) => {
    const earlier = steps.slice(0, index).map((step) => step.id)
    return [
      ...(earlier.includes(id) ? [{ field: id, message: "names two steps; every step needs a name of its own" }] : []),
      // Whoever goes on with the chain knows an operation by its id.
      ...(findOperation(plan.operation.id) === undefined
        ? [{ field: id, message: `${plan.model} is not in klingkit's model table, so it cannot be part of a chain` }]
        : []),
      ...takesFrom(plan.input)
        .filter((from) => !earlier.includes(from))
        .map((from) => ({ field: id, message: `takes from ${from}, which is no step before it` }))
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

/** The chain as one plan: what it is quoted and approved as. It stands under the operation of its last step. */
export const wholeOf = ({ name, steps, quote, warnings }: ChainPlan): Plan => {
  const last = steps.at(-1) as ChainStep
  return {
    operation: last.plan.operation,
    input: { chain: name, steps: storedSteps(steps) },
    model: last.plan.model,
    reasons: [`${steps.length} steps: ${steps.map(({ plan }) => plan.operation.id).join(", ")}`],
    warnings,
    quote
  }
}

/** A step as data, enough for any program to send it. */
export interface StoredStep {
  readonly id: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
}

export const storedSteps = (steps: ReadonlyArray<ChainStep>): ReadonlyArray<StoredStep> =>
  steps.map(({ id, plan: { operation, input } }) => ({ id, operation: operation.id, input }))

/** The plan of a stored step with its takes filled, at the price that was quoted. */
export const planStored = (
  { operation, input }: Pick<StoredStep, "operation" | "input">,
  quote: Quote
): Effect.Effect<Plan, KlingError> => {
  const known = findOperation(operation)
  return known === undefined
    ? Effect.fail(invalidInput([{ field: "operation", message: `${operation} is not known to this klingkit` }]))
    : Effect.map(planOperation(known, input), (plan) => ({ ...plan, quote }))
}

/** What the ledger tells of the steps. */
export const toldSteps = (steps: ReadonlyArray<ChainStep>): ChainRecord["steps"] =>
  steps.map(({ id, plan, alongside = false }, index) => {
    const from = takesFrom(plan.input)
    return {
      id,
      operation: plan.operation.id,
      quote: plan.quote,
      takesFrom: from,
      needs: alongside ? from : steps.slice(0, index).map((step) => step.id)
    }
  })
