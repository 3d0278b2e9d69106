import { Predicate } from "effect"
import { checkMediaText } from "../media/check-media-text.ts"
import type { Problem } from "./check-input.ts"
import { nearestWord } from "./nearest-word.ts"
import type { ValueType } from "./value-type.ts"

/** What is wrong with one value; each sentence names the limit and the nearest value inside it. */
export function* checkValue(type: ValueType, value: unknown, field: string): Generator<Problem> {
  switch (type.kind) {
    case "text": {
      if (!Predicate.isString(value)) yield wrongType(field, "text", value)
      else if (type.maxLength !== undefined && length(value) > type.maxLength) {
        yield { field, message: `is ${length(value)} characters long; at most ${type.maxLength} are allowed` }
      }
      return
    }
    case "choice": {
      if (!Predicate.isString(value)) yield wrongType(field, "text", value)
      else if (type.open !== true && !type.values.includes(value)) {
        const near = nearestWord(value, type.values)
        const hint = near === undefined ? "" : ` Nearest: ${near}.`
        yield { field, message: `${quote(value)} is not one of ${type.values.join(", ")}.${hint}` }
      }
      return
    }
    case "integer":
    case "number":
      return yield* checkNumber(type, value, field)
    case "flag": {
      if (!Predicate.isBoolean(value)) yield wrongType(field, "true or false", value)
      return
    }
    case "id": {
      if (!Predicate.isString(value)) yield wrongType(field, "an id, written as text", value)
      else if (type.sentAs === "number" && !/^\d{1,20}$/.test(value)) {
        yield { field, message: `${quote(value)} is not an id made of digits` }
      }
      return
    }
    case "media": {
      if (!Predicate.isString(value)) yield wrongType(field, "a URL or base64 text", value)
      else {
        const message = checkMediaText(type.rule, value)
        if (message !== undefined) yield { field, message }
      }
      return
    }
    case "list":
      return yield* checkList(type, value, field)
    case "record": {
      if (!Predicate.isObject(value) || Array.isArray(value)) yield wrongType(field, "an object", value)
      else yield* checkRecord(type, value, field)
      return
    }
    case "either": {
      const tried = type.types.map((one) => [...checkValue(one, value, field)])
      if (tried.every((problems) => problems.length > 0)) yield* tried[0] ?? []
    }
  }
}

function* checkNumber(
  type: Extract<ValueType, { readonly kind: "integer" | "number" }>,
  value: unknown,
  field: string
): Generator<Problem> {
  const wanted = type.kind === "integer" ? "a whole number" : "a number"
  if (!Predicate.isNumber(value) || !Number.isFinite(value)) return yield wrongType(field, wanted, value)
  if (type.kind === "integer" && !Number.isInteger(value)) {
    return yield { field, message: `${value} is not a whole number; nearest: ${Math.round(value)}` }
  }
  if (type.values !== undefined && !type.values.includes(value)) {
    const near = type.values.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0]
    return yield { field, message: `${value} is not one of ${type.values.join(", ")}; nearest: ${near}` }
  }
  const { min, max } = type
  if (min !== undefined && value < min) yield { field, message: `${value} is ${outside(min, max)}; nearest: ${min}` }
  if (max !== undefined && value > max) yield { field, message: `${value} is ${outside(min, max)}; nearest: ${max}` }
}

function* checkList(
  type: Extract<ValueType, { readonly kind: "list" }>,
  value: unknown,
  field: string
): Generator<Problem> {
  if (!Array.isArray(value)) return yield wrongType(field, "a list", value)
  const { min, max } = type
  if (min !== undefined && value.length < min) {
    yield { field, message: `has ${count(value.length)}; at least ${min} needed` }
  }
  if (max !== undefined && value.length > max) {
    yield { field, message: `has ${count(value.length)}; at most ${max} allowed` }
  }
  for (const [index, one] of value.entries()) yield* checkValue(type.of, one, `${field}[${index}]`)
}

function* checkRecord(
  type: Extract<ValueType, { readonly kind: "record" }>,
  value: Readonly<Record<string, unknown>>,
  field: string
): Generator<Problem> {
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(type.fields, key)) yield { field: `${field}.${key}`, message: "is not a parameter here" }
  }
  for (const [key, param] of Object.entries(type.fields)) {
    if (value[key] !== undefined) yield* checkValue(param.type, value[key], `${field}.${key}`)
    else if (param.required) yield { field: `${field}.${key}`, message: "is required" }
  }
}

// Kling counts characters, not UTF-16 halves.
const length = (value: string): number => [...value].length
const count = (n: number): string => (n === 1 ? "1 entry" : `${n} entries`)
const quote = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)

const outside = (min: number | undefined, max: number | undefined): string =>
  min === undefined ? `above ${max}` : max === undefined ? `below ${min}` : `outside ${min} to ${max}`

const wrongType = (field: string, wanted: string, value: unknown): Problem => ({
  field,
  message: `must be ${wanted}, not ${value === null ? "null" : Array.isArray(value) ? "a list" : typeof value}`
})
