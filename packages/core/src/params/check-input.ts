import { Predicate } from "effect"
import type { Problem } from "../errors/problem.ts"
import { checkValue } from "./check-value.ts"
import { closestMatch } from "./closest-match.ts"
import type { Params } from "./param.ts"

/** A constraint across fields. `check` returns the message to show, with the nearest valid value, or nothing. */
export interface Rule<Input = Readonly<Record<string, unknown>>> {
  readonly name: string
  readonly field: string
  check(input: Input): string | undefined
}

/**
 * All problems of `input`, in the order of declaration; empty when it meets Kling's documented limits.
 * `nameOf` names a field in messages: klingkit's name by default, Kling's wire field for raw bodies. `model` is whose
 * limits they are, for the messages.
 */
export const checkInput = (
  params: Params,
  rules: ReadonlyArray<Rule>,
  input: unknown,
  nameOf: (field: string) => string = (field) => field,
  model?: string
): ReadonlyArray<Problem> => {
  if (!Predicate.isObject(input) || Array.isArray(input)) {
    return [{ field: "input", message: "must be an object with named fields" }]
  }
  const fields = input as Readonly<Record<string, unknown>>
  const problems = [...checkFields(params, fields, nameOf, model)]
  if (problems.length > 0) return problems
  for (const rule of rules) {
    const message = rule.check(fields)
    if (message !== undefined) problems.push({ field: nameOf(rule.field), message })
  }
  return problems
}

function* checkFields(
  params: Params,
  fields: Readonly<Record<string, unknown>>,
  nameOf: (field: string) => string,
  model: string | undefined
): Generator<Problem> {
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(params, name) || fields[name] === undefined) continue
    const near = closestMatch(name, Object.keys(params))
    yield near === undefined
      ? { field: name, message: "is not a known parameter" }
      : {
          field: name,
          message: `is not a known parameter; did you mean ${nameOf(near)}?`,
          nearest: nameOf(near)
        }
  }
  for (const [name, param] of Object.entries(params)) {
    const value = fields[name]
    if (value === undefined) {
      if (param.required) yield { field: nameOf(name), message: "is required" }
    } else if (param.retired === true) {
      yield { field: nameOf(name), message: "applies to retired models only; omit it" }
    } else {
      yield* checkValue(param.type, value, nameOf(name), model)
    }
  }
}
