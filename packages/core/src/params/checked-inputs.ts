import type { AnyOperation } from "../operation.ts"
import type { Problem } from "../errors/problem.ts"
import { checkInput } from "./check-input.ts"

// Frozen inputs that an operation accepted, so that a plan is not checked again when it is sent.
const accepted = new WeakMap<object, AnyOperation>()

/** Freezes an input that `operation` accepted and remembers it. */
export const markChecked = <Input extends object>(operation: AnyOperation, input: Input): Readonly<Input> => {
  accepted.set(input, operation)
  return Object.freeze(input)
}

/** The problems of an input; none without looking when a plan has checked this very object. */
export const checkUnlessChecked = (operation: AnyOperation, input: unknown): ReadonlyArray<Problem> =>
  typeof input === "object" && input !== null && accepted.get(input) === operation
    ? []
    : checkInput(operation.params, operation.rules, input)
