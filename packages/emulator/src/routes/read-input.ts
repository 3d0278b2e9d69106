import { type AnyOperation, checkInput, type Params, readBody, successorOf } from "@klingkit/core"
import { Predicate } from "effect"
import { type Refusal, refusal } from "../answers/envelope.ts"
import { outputKind } from "../outputs/family-outputs.ts"

export type Input = Readonly<Record<string, unknown>>

/** Reads a body or a query by the operation's declaration and checks its limits; a refusal names Kling's own field. */
export const readInput = (operation: AnyOperation, raw: unknown): Input | Refusal => {
  const { params, rules } = operation
  const input = withoutBlanks(params, readBody(params, raw))
  const wrongModel = checkModel(operation, input["model"])
  if (wrongModel !== undefined) return wrongModel
  const [problem] = checkInput(params, rules, input, (field) => params[field]?.at ?? field)
  return problem === undefined ? input : refusal(1201, `${problem.field} ${problem.message}`)
}

/** Empty text counts as left out: the vendor's own samples send it (`"external_task_id": ""`, `"negative_prompt": ""`). */
const withoutBlanks = (params: Params, input: Input): Input =>
  Object.fromEntries(Object.entries(input).filter(([name, value]) => value !== "" || params[name]?.required === true))

const checkModel = (operation: AnyOperation, model: unknown): Refusal | undefined => {
  if (!Predicate.isString(model) || operation.models.includes(model)) return undefined
  const medium = outputKind(operation) === "image" ? "image" : "video"
  if (successorOf(medium, model) !== undefined) {
    return refusal(1201, `The model '${model}' has been discontinued and is no longer available.`)
  }
  return operation.models.length === 0 ? undefined : refusal(1203, `model ${model} is not supported`)
}

/** A query string as a body: numbers are written as text there. */
export const readQuery = (params: Params, query: URLSearchParams): Record<string, unknown> =>
  Object.fromEntries(Array.from(query, ([name, value]) => [name, asDeclared(params, name, value)]))

/** Reads accept their numbers as text too (measured for `POST /tasks`). */
export const asDeclared = (params: Params, name: string, value: unknown): unknown => {
  const type = Object.values(params).find((param) => param.at === name)?.type.kind
  return (type === "integer" || type === "number") && Predicate.isString(value) && /^-?\d+(\.\d+)?$/.test(value)
    ? Number(value)
    : value
}

/** The value at a dotted place of a body, such as `options.external_task_id`. */
export const valueAt = (body: unknown, place: string): unknown =>
  place.split(".").reduce((value: unknown, key) => (Predicate.isObject(value) ? (value as Input)[key] : undefined), body)
