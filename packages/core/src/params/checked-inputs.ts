import { Predicate } from "effect"
import type { AnyOperation } from "../operation.ts"
import type { Problem } from "../errors/problem.ts"
import { checkInput } from "./check-input.ts"
import { givenInput } from "./effective-input.ts"

// Frozen inputs that an operation accepted, so that a plan is not checked again when it is sent.
const accepted = new WeakMap<object, AnyOperation>()

/** Freezes an input that `operation` accepted and remembers it. */
export const markChecked = <Input extends object>(operation: AnyOperation, input: Input): Readonly<Input> => {
  accepted.set(input, operation)
  return Object.freeze(input)
}

/** What an input gives, or its problems; none without looking when a plan has checked this very object. */
export const acceptInput = (
  operation: AnyOperation,
  input: unknown
): { readonly given: Readonly<Record<string, unknown>>; readonly problems: ReadonlyArray<Problem> } => {
  if (!Predicate.isObject(input) || Array.isArray(input)) {
    return { given: {}, problems: checkInput(operation.params, operation.rules, input) }
  }
  const fields: Readonly<Record<string, unknown>> = { ...input }
  if (accepted.get(input) === operation) return { given: fields, problems: [] }
  const given = givenInput(operation.params, fields)
  return { given, problems: checkInput(operation.params, operation.rules, given) }
}
