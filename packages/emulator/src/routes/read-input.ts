import { type AnyOperation, checkInput, type Params, replacementFor } from "@klingkit/core"
import { fillNames, readBody } from "@klingkit/core/internal"
import { Predicate } from "effect"
import { type Refusal, refusal } from "../answers/envelope.ts"
import { mediumOf } from "../outputs/family-outputs.ts"
import type { Input } from "../outputs/settings.ts"
import type { WorldState } from "../world/world-state.ts"
import { unknownField } from "./unknown-field.ts"

/** Decodes a body or a query by the operation's declaration and checks its limits; a refusal names the wire field. */
export const readInput = (world: WorldState, operation: AnyOperation, raw: unknown): Input | Refusal => {
  const { params, rules, generation } = operation
  if (!Predicate.isObject(raw) || Array.isArray(raw)) return refusal(1200, "The request body must be a JSON object")
  const input = withoutBlanks(params, readBody(params, raw))
  const modelRefusal = checkModel(world, operation, input["model"])
  if (modelRefusal !== undefined) return modelRefusal
  const wireField = (field: string): string => params[field]?.path ?? field
  const [problem] = checkInput(params, rules, input, wireField)
  if (problem !== undefined) return refusal(1201, `${problem.field} ${fillNames(problem.message, wireField)}`)
  // New paths ignore unknown fields (measured); for legacy paths it was never measured.
  const unknown =
    generation === "legacy" && world.switches.unknownLegacyFields === "refuse"
      ? unknownField(operation, raw)
      : undefined
  return unknown === undefined ? input : refusal(1201, `${unknown} is not a parameter of this API`)
}

/** An empty string counts as absent: the vendor's own samples send it (`"external_task_id": ""`, `"negative_prompt": ""`). */
const withoutBlanks = (params: Params, input: Input): Input =>
  Object.fromEntries(Object.entries(input).filter(([name, value]) => value !== "" || params[name]?.required === true))

const checkModel = (world: WorldState, operation: AnyOperation, requested: unknown): Refusal | undefined => {
  const { models } = operation
  // An operation without a model field has only one model.
  const model = requested ?? models[0]
  if (models.length === 0 || !Predicate.isString(model)) return undefined
  const isRetired = replacementFor(mediumOf(operation), model) !== undefined
  if (isRetired && (!models.includes(model) || world.switches.retiredOperations === "refuse")) {
    return refusal(1201, `The model '${model}' has been discontinued and is no longer available.`)
  }
  return models.includes(model) ? undefined : refusal(1203, `model ${model} is not supported`)
}

/** Decodes a query by its declaration. */
export const readQuery = (world: WorldState, operation: AnyOperation, query: URLSearchParams): Input | Refusal =>
  readInput(world, operation, withNumbers(operation.params, Object.fromEntries(query)))

/** Decodes the body of a read with POST by its declaration. */
export const readListBody = (world: WorldState, operation: AnyOperation, body: unknown): Input | Refusal =>
  readInput(world, operation, Predicate.isObject(body) ? withNumbers(operation.params, body) : body)

/** Reads also accept numbers as strings: a query has only strings, and for `POST /tasks` it was measured. */
const withNumbers = (params: Params, raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, asDeclared(params, name, value)]))

const asDeclared = (params: Params, name: string, value: unknown): unknown => {
  const type = Object.values(params).find((param) => param.path === name)?.type.kind
  return (type === "integer" || type === "number") && Predicate.isString(value) && /^-?\d+(\.\d+)?$/.test(value)
    ? Number(value)
    : value
}

/** The value at a dotted path of a body, such as `options.external_task_id`. */
export const valueAt = (body: unknown, path: string): unknown =>
  path.split(".").reduce((value: unknown, key) => (Predicate.isObject(value) ? (value as Input)[key] : undefined), body)
