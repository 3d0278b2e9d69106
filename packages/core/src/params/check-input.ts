import { Predicate } from "effect"
import { checkValue } from "./check-value.ts"
import { nearestWord } from "./nearest-word.ts"
import type { Params } from "./param.ts"

/** One thing wrong with an input: the field, what is wrong with it, and the nearest setting that is legal. */
export interface Problem {
  readonly field: string
  readonly message: string
}

/** A relation between fields. `check` returns the sentence to show, naming the nearest legal setting, or nothing. */
export interface Rule<Input = Readonly<Record<string, unknown>>> {
  readonly name: string
  readonly field: string
  check(input: Input): string | undefined
}

/**
 * Everything wrong with `input`, in the order of declaration; empty when Kling's documented limits are met.
 * `nameOf` says how a field is called for the reader: our name by default, Kling's for whoever reads raw bodies.
 */
export const checkInput = (
  params: Params,
  rules: ReadonlyArray<Rule>,
  input: unknown,
  nameOf: (field: string) => string = (field) => field
): ReadonlyArray<Problem> => {
  if (!Predicate.isObject(input) || Array.isArray(input)) {
    return [{ field: "input", message: "must be an object with named fields" }]
  }
  const fields = input as Readonly<Record<string, unknown>>
  const problems = [...checkFields(params, fields, nameOf)]
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
  nameOf: (field: string) => string
): Generator<Problem> {
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(params, name) || fields[name] === undefined) continue
    const near = nearestWord(name, Object.keys(params))
    yield {
      field: name,
      message: near === undefined ? "is not a parameter here" : `is not a parameter here; did you mean ${nameOf(near)}?`
    }
  }
  for (const [name, param] of Object.entries(params)) {
    const value = fields[name]
    if (value === undefined) {
      if (param.required) yield { field: nameOf(name), message: "is required" }
    } else if (param.retired === true) {
      yield { field: nameOf(name), message: "was only for models that Kling has switched off; leave it out" }
    } else {
      yield* checkValue(param.type, value, nameOf(name))
    }
  }
}
