import { Predicate } from "effect"
import { checkMediaText } from "../media/check-media-text.ts"
import type { Problem } from "../errors/problem.ts"
import { sanitizeText } from "../errors/sanitize-text.ts"
import { closestMatch } from "./closest-match.ts"
import type { ValueType } from "./value-type.ts"

/**
 * The problems of one value; each message states the limit and the nearest valid value, and names the model whose limit
 * it is, if there is one.
 */
export function* checkValue(type: ValueType, value: unknown, field: string, model?: string): Generator<Problem> {
  switch (type.kind) {
    case "string": {
      if (!Predicate.isString(value)) yield wrongType(field, "a string", value)
      else if (!value.isWellFormed()) yield { field, message: "contains half of a character (a lone surrogate)" }
      else if (type.maxLength !== undefined && length(value) > type.maxLength) {
        yield {
          field,
          message: `is ${length(value)} characters long; the limit is ${type.maxLength}`,
          limit: { max: type.maxLength }
        }
      }
      return
    }
    case "enum": {
      if (!Predicate.isString(value)) yield wrongType(field, "a string", value)
      else if (type.allowUnknown !== true && !type.values.includes(value)) {
        if (model !== undefined) return yield { field, message: notSupported(value, model, type.values) }
        const near = closestMatch(value, type.values)
        const hint = near === undefined ? "" : ` Did you mean ${near}?`
        yield {
          field,
          message: `${quote(value)} is not one of ${type.values.join(", ")}.${hint}`,
          given: shortened(value),
          limit: { values: type.values },
          ...(near === undefined ? {} : { nearest: near })
        }
      }
      return
    }
    case "integer":
    case "number":
      return yield* checkNumber(type, value, field, model)
    case "boolean": {
      if (!Predicate.isBoolean(value)) yield wrongType(field, "a boolean", value)
      return
    }
    case "id": {
      if (!Predicate.isString(value)) yield wrongType(field, "an id, given as a string", value)
      else if (type.encodedAs === "number" && !/^\d{1,20}$/.test(value)) {
        yield { field, message: `${quote(value)} is not a numeric id` }
      } else if (type.encodedAs === "number" && /^0\d/.test(value)) {
        yield { field, message: `${quote(value)} is not a numeric id: it begins with 0` }
      }
      return
    }
    case "media": {
      if (!Predicate.isString(value)) yield wrongType(field, "a URL or base64", value)
      else {
        const message = checkMediaText(type.rule, value)
        if (message !== undefined) yield { field, message }
      }
      return
    }
    case "array":
      return yield* checkArray(type, value, field)
    case "object": {
      if (!Predicate.isObject(value) || Array.isArray(value)) yield wrongType(field, "an object", value)
      else yield* checkObject(type, value, field)
      return
    }
    case "union": {
      const attempts = type.types.map((option) => [...checkValue(option, value, field)])
      if (attempts.every((problems) => problems.length > 0)) yield* attempts[0] ?? []
    }
  }
}

function* checkNumber(
  type: Extract<ValueType, { readonly kind: "integer" | "number" }>,
  value: unknown,
  field: string,
  model: string | undefined
): Generator<Problem> {
  const expected = type.kind === "integer" ? "an integer" : "a number"
  if (!Predicate.isNumber(value) || !Number.isFinite(value)) return yield wrongType(field, expected, value)
  if (type.kind === "integer" && !Number.isInteger(value)) {
    const nearest = Math.round(value)
    return yield { field, message: `${value} is not an integer; did you mean ${nearest}?`, given: value, nearest }
  }
  if (type.values !== undefined && !type.values.includes(value)) {
    const near = type.values.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0]
    const limit =
      model === undefined
        ? `not one of ${type.values.join(", ")}`
        : `not supported by ${model} (${type.values.join(" or ")}${unit(field)})`
    return yield {
      field,
      message: `${value} is ${limit}; did you mean ${near}?`,
      given: value,
      limit: { values: type.values },
      ...(near === undefined ? {} : { nearest: near })
    }
  }
  const { min, max } = type
  const nearest = min !== undefined && value < min ? min : max !== undefined && value > max ? max : undefined
  if (nearest === undefined) return
  const limit =
    model === undefined || min === undefined || max === undefined
      ? outside(min, max)
      : `not supported by ${model} (${min} to ${max}${unit(field)})`
  yield {
    field,
    message: `${value} is ${limit}; did you mean ${nearest}?`,
    given: value,
    limit: bounds(min, max),
    nearest
  }
}

function* checkArray(
  type: Extract<ValueType, { readonly kind: "array" }>,
  value: unknown,
  field: string
): Generator<Problem> {
  if (!Array.isArray(value)) return yield wrongType(field, "an array", value)
  const { min, max } = type
  if (min !== undefined && value.length < min) {
    yield {
      field,
      message: `has ${count(value.length)}; at least ${min} required`,
      given: value.length,
      limit: bounds(min, max)
    }
  }
  if (max !== undefined && value.length > max) {
    yield {
      field,
      message: `has ${count(value.length)}; at most ${max} allowed`,
      given: value.length,
      limit: bounds(min, max)
    }
  }
  for (const [index, item] of value.entries()) yield* checkValue(type.of, item, `${field}[${index}]`)
}

function* checkObject(
  type: Extract<ValueType, { readonly kind: "object" }>,
  value: Readonly<Record<string, unknown>>,
  field: string
): Generator<Problem> {
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(type.fields, key)) yield { field: `${field}.${key}`, message: "is not a known parameter" }
  }
  for (const [key, param] of Object.entries(type.fields)) {
    if (value[key] !== undefined) yield* checkValue(param.type, value[key], `${field}.${key}`)
    else if (param.required) yield { field: `${field}.${key}`, message: "is required" }
  }
}

/** A value that a model does not take, and those that it does. */
export const notSupported = (value: string, model: string, values: ReadonlyArray<string>): string =>
  `${sanitizeText(value, 60)} is not supported by ${model}: ${values.length === 1 ? `it is always ${values[0]}` : values.join(", ")}`

const unit = (field: string): string => (/seconds$/i.test(field) ? " s" : "")

// Kling counts characters, not UTF-16 code units.
const length = (value: string): number => [...value].length
const count = (n: number): string => (n === 1 ? "1 entry" : `${n} entries`)
const shortened = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}...` : value)
const quote = (value: string): string => JSON.stringify(shortened(value))
const bounds = (min: number | undefined, max: number | undefined) => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max })
})

const outside = (min: number | undefined, max: number | undefined): string =>
  min === undefined ? `above ${max}` : max === undefined ? `below ${min}` : `outside ${min} to ${max}`

const wrongType = (field: string, expected: string, value: unknown): Problem => ({
  field,
  message: `must be ${expected}, not ${value === null ? "null" : Array.isArray(value) ? "an array" : typeof value}`
})
