import { Predicate } from "effect"
import type { Effect } from "effect"
import type { KlingError } from "../errors/kling-error.ts"
import { type AnyOperation, isExperimental } from "../operation.ts"
import { finishPlan, type Plan, refuse } from "./plan.ts"

/**
 * Plans a named operation: checks and prices its input, which may be any value.
 *
 * @example
 * ```ts
 * import { operations, planOperation } from "@klingkit/core"
 * import { Effect } from "effect"
 *
 * const problems = planOperation(operations["legacy.tts"], { text: "Good morning" }).pipe(
 *   Effect.as("valid"),
 *   Effect.catchReason("KlingError", "InvalidInput", (reason) => Effect.succeed(reason.problems))
 * )
 * ```
 */
export const planOperation = (operation: AnyOperation, input: unknown): Effect.Effect<Plan, KlingError> => {
  if (!Predicate.isObject(input) || Array.isArray(input)) {
    return refuse([{ field: "input", message: "must be an object with named fields" }], operation)
  }
  const fields: Readonly<Record<string, unknown>> = { ...input }
  const [onlyModel = "", ...others] = operation.models
  return finishPlan({
    operation,
    input: fields,
    model: Predicate.isString(fields["model"]) ? fields["model"] : others.length === 0 ? onlyModel : "",
    reasons: ["named operation"],
    warnings: isExperimental(operation)
      ? [`${operation.id} is experimental: based on a single source or an analogy`]
      : [],
    nameOf: (path) => path
  })
}
