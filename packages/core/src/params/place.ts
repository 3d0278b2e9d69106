import { Predicate } from "effect"
import type { Params } from "./param.ts"
import type { ValueType } from "./value-type.ts"
import { exactNumber } from "../wire/json.ts"

type Json = Record<string, unknown>

/** One step of a place: `settings`, `element_list[]` or `contents[type=prompt]`. */
interface Step {
  readonly key: string
  readonly many: boolean
  readonly tag?: string
}

const parse = (at: string): ReadonlyArray<Step> =>
  at.split(".").map((part) => {
    const match = /^([^[]+)(?:\[(?:type=([^\]]+))?\])?$/.exec(part)
    const key = match?.[1] ?? part
    return match?.[2] === undefined ? { key, many: part.endsWith("]") } : { key, many: true, tag: match[2] }
  })

/** Writes an input under Kling's names: `{ aspectRatio }` becomes `{ settings: { aspect_ratio } }`. */
export const writeBody = (params: Params, input: Readonly<Record<string, unknown>>): Json => {
  const body: Json = {}
  for (const [name, param] of Object.entries(params)) {
    const value = input[name]
    if (value !== undefined) write(body, parse(param.at), encode(param.type, value))
  }
  return body
}

/** The reverse of `writeBody`, for whoever receives a body. Entries that no parameter names are left out. */
export const readBody = (params: Params, body: unknown): Record<string, unknown> => {
  const input: Record<string, unknown> = {}
  for (const [name, param] of Object.entries(params)) {
    const raw = read(body, parse(param.at), param.type.kind === "list")
    if (raw !== undefined) input[name] = decode(param.type, raw)
  }
  return input
}

function write(target: Json, steps: ReadonlyArray<Step>, value: unknown): void {
  const [step, ...rest] = steps
  if (step === undefined) return
  if (!step.many) {
    if (rest.length === 0) target[step.key] = value
    else write(child(target, step.key), rest, value)
    return
  }
  const entries = (target[step.key] ??= []) as Array<Json>
  if (step.tag === undefined || Array.isArray(value)) {
    for (const one of Array.isArray(value) ? value : [value]) entries.push(entry(step, rest, one))
    return
  }
  const existing = entries.find((candidate) => candidate["type"] === step.tag)
  if (existing === undefined) entries.push(entry(step, rest, value))
  else if (rest.length > 0) write(existing, rest, value)
}

function entry(step: Step, rest: ReadonlyArray<Step>, value: unknown): Json {
  const made: Json = step.tag === undefined ? {} : { type: step.tag }
  if (rest.length > 0) write(made, rest, value)
  else if (Predicate.isObject(value)) Object.assign(made, value)
  else return value as Json
  return made
}

function child(target: Json, key: string): Json {
  return (target[key] ??= {}) as Json
}

function read(source: unknown, steps: ReadonlyArray<Step>, wantsList: boolean): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return source
  if (!Predicate.isObject(source)) return undefined
  const value = source[step.key]
  if (!step.many || value === undefined || value === null) return read(value ?? undefined, rest, wantsList)
  if (!Array.isArray(value)) return value
  const entries = value.filter((one) => step.tag === undefined || (Predicate.isObject(one) && one["type"] === step.tag))
  const found = entries.map((one) => read(one, rest, false)).filter((one) => one !== undefined)
  if (step.tag === undefined || wantsList) return found.length === 0 && step.tag !== undefined ? undefined : found
  return found.length > 1 ? found : found[0]
}

function encode(type: ValueType, value: unknown): unknown {
  switch (type.kind) {
    case "integer":
    case "number":
      return type.sentAs === "string" ? String(value) : value
    case "id":
      return type.sentAs === "number" ? exactNumber(String(value)) : value
    case "list":
      return Array.isArray(value) ? value.map((one) => encode(type.of, one)) : value
    case "record":
      return writeBody(type.fields, value as Json)
    case "either":
      return encode(type.types.find((one) => fits(one, value)) ?? { kind: "text" }, value)
    default:
      return value
  }
}

function decode(type: ValueType, raw: unknown): unknown {
  switch (type.kind) {
    case "integer":
    case "number":
      // A string that is no number stays a string, so that the check can name it.
      return type.sentAs === "string" && Predicate.isString(raw) && /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw
    case "id":
      return Predicate.isNumber(raw) ? String(raw) : raw
    case "list":
      return Array.isArray(raw) ? raw.map((one) => decode(type.of, one)) : raw
    case "record":
      return Predicate.isObject(raw) ? readBody(type.fields, raw) : raw
    case "either":
      return decode(type.types.find((one) => fits(one, raw)) ?? { kind: "text" }, raw)
    default:
      return raw
  }
}

function fits(type: ValueType, value: unknown): boolean {
  return (type.kind === "integer" || type.kind === "number") === Predicate.isNumber(value)
}
