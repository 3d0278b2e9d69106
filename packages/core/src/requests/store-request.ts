import { Predicate } from "effect"
import type { AnyOperation } from "../operation.ts"
import { effectiveInput } from "../params/effective-input.ts"
import type { Params } from "../params/param.ts"
import type { ValueType } from "../params/value-type.ts"
import type { PipelinePlan } from "../pipelines/pipeline-plan.ts"
import type { Plan } from "../plan/plan.ts"
import type { MediaOrigin, StoredRequest } from "../plan/stored-request.ts"
import { isSameName } from "./field-names.ts"
import { mediaKindOf } from "./media-field.ts"
import type { Fields } from "./plan-context.ts"
import { type AnyRequest, isPipeline } from "./request.ts"

/** What is known of where a value that is media came from. */
export type OriginOf = (value: unknown) => MediaOrigin

/** Longer text is content, such as base64 in a field that is not known to be media: no prompt is that long. */
const longestText = 10_000

/** What is kept of a declared request. Its settings are listed with what the plan has filled in. */
export const storeRequest = (
  { id, input: { shape } }: AnyRequest,
  given: Fields,
  plan: Plan | PipelinePlan,
  originOf: OriginOf
): StoredRequest => {
  const input = Object.fromEntries(
    Object.entries(given).flatMap(([field, value]) => {
      if (value === undefined) return []
      const isMedia = mediaKindOf(shape[field]) !== undefined
      return [[field, isMedia ? eachOf(value, (one) => storedMedia(originOf(one))) : withoutContent(value)]]
    })
  )
  return { request: id, input, defaults: isPipeline(plan) ? {} : filledIn(Object.keys(shape), input, plan) }
}

/** What is kept of an operation that was called by itself. */
export const storeOperation = (operation: AnyOperation, input: Fields, originOf: OriginOf): StoredRequest => {
  const stored = storedFields(operation.params, input, originOf)
  const defaults = Object.entries(effectiveInput(operation, input)).filter(
    ([name, value]) => !(name in stored) && isPlain(value)
  )
  return { input: stored, defaults: Object.fromEntries(defaults) }
}

const storedMedia = (origin: MediaOrigin) => ({ $media: origin })

/** The origin in a stored value that is media. */
export const originIn = (value: unknown): MediaOrigin | undefined =>
  Predicate.isObject(value) && "$media" in value ? (value["$media"] as MediaOrigin) : undefined

const filledIn = (fields: ReadonlyArray<string>, given: Fields, { operation, input, model }: Plan): Fields => {
  const effective = Object.entries(effectiveInput(operation, input)).filter(([, value]) => isPlain(value))
  const defaults: Record<string, unknown> = {}
  for (const field of fields) {
    if (field in given) continue
    const found = effective.find(([name]) => isSameName(name, field))?.[1]
    if (field === "model" && model !== "") defaults[field] = model
    else if (found !== undefined) defaults[field] = found
  }
  return defaults
}

const isPlain = (value: unknown): boolean =>
  (Predicate.isString(value) && value.length <= longestText) || Predicate.isNumber(value) || Predicate.isBoolean(value)

const eachOf = (value: unknown, store: (one: unknown) => unknown): unknown =>
  Array.isArray(value) ? value.map(store) : store(value)

const storedFields = (params: Params, input: Fields, originOf: OriginOf): Fields =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) => {
      // Where the end is reported is the caller's business.
      if (value === undefined || value === null || name === "callbackUrl") return []
      const type = Object.hasOwn(params, name) ? params[name]?.type : undefined
      return [[name, type === undefined ? withoutContent(value) : storedValue(type, value, originOf)]]
    })
  )

const storedValue = (type: ValueType, value: unknown, originOf: OriginOf): unknown => {
  if (type.kind === "media") return storedMedia(originOf(value))
  if (type.kind === "array" && Array.isArray(value)) return value.map((one) => storedValue(type.of, one, originOf))
  if (type.kind === "object" && Predicate.isObject(value) && !Array.isArray(value)) {
    return storedFields(type.fields, value, originOf)
  }
  return withoutContent(value)
}

const withoutContent = (value: unknown): unknown => {
  if (Predicate.isString(value)) return value.length > longestText ? storedMedia({ bytes: value.length }) : value
  if (Array.isArray(value)) return value.map(withoutContent)
  if (value instanceof Uint8Array) return storedMedia({ bytes: value.length })
  if (!Predicate.isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutContent(one)]))
}
