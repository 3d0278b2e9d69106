import { effectiveInput } from "../params/effective-input.ts"
import { isExactNumber } from "../wire/json.ts"
import type { Plan } from "./plan.ts"

/**
 * What a plan gives, which decides whether a request is the same as another: its effective input, in which a result of an
 * earlier task stands under its handle. Its link may be another one after the next poll.
 */
export const planIdentity = ({
  operation,
  input,
  references
}: Pick<Plan, "operation" | "input" | "references">): Plan["input"] =>
  byReference(effectiveInput(operation, input), references)

/** What it gives as it may also be sent. */
export const otherIdentity = ({
  otherPath,
  references
}: Pick<Plan, "otherPath" | "references">):
  | { readonly operation: string; readonly identity: Plan["input"] }
  | undefined =>
  otherPath === undefined
    ? undefined
    : {
        operation: otherPath.operation.id,
        identity: byReference(effectiveInput(otherPath.operation, otherPath.input), references)
      }

/** An input in which the results of earlier tasks stand under their handles. */
export const byReference = (input: Plan["input"], references: Plan["references"]): Plan["input"] => {
  if (references === undefined) return input
  const named = (value: unknown): unknown => {
    if (typeof value === "string") return references.get(value) ?? value
    if (typeof value !== "object" || value === null || isExactNumber(value)) return value
    if (Array.isArray(value)) return value.map(named)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, named(one)]))
  }
  return named(input) as Plan["input"]
}
