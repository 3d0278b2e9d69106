import { Predicate } from "effect"
import type { Params } from "./param.ts"
import type { ValueType } from "./value-type.ts"
import { exactNumber } from "../wire/json.ts"

type Json = Record<string, unknown>

/** One segment of a path: `settings`, `element_list[]` or `contents[type=prompt]`. */
interface Segment {
  readonly key: string
  readonly many: boolean
  readonly tag?: string
}

const parse = (path: string): ReadonlyArray<Segment> =>
  path.split(".").map((part) => {
    const match = /^([^[]+)(?:\[(?:type=([^\]]+))?\])?$/.exec(part)
    const key = match?.[1] ?? part
    return match?.[2] === undefined ? { key, many: part.endsWith("]") } : { key, many: true, tag: match[2] }
  })

/** Maps an input to Kling's body: `{ aspectRatio }` becomes `{ settings: { aspect_ratio } }`. */
export const writeBody = (params: Params, input: Readonly<Record<string, unknown>>): Json => {
  const body: Json = {}
  for (const [name, param] of Object.entries(params)) {
    const value = input[name]
    if (value !== undefined) write(body, parse(param.path), encode(param.type, value))
  }
  return body
}

/** The reverse of `writeBody`. Fields that no parameter declares are dropped. */
export const readBody = (params: Params, body: unknown): Record<string, unknown> => {
  const input: Record<string, unknown> = {}
  for (const [name, param] of Object.entries(params)) {
    const raw = read(body, parse(param.path), param.type.kind === "array")
    if (raw !== undefined) input[name] = decode(param.type, raw)
  }
  return input
}

function write(target: Json, segments: ReadonlyArray<Segment>, value: unknown): void {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if (!segment.many) {
    if (rest.length === 0) target[segment.key] = value
    else write(child(target, segment.key), rest, value)
    return
  }
  const entries = (target[segment.key] ??= []) as Array<Json>
  if (segment.tag === undefined || Array.isArray(value)) {
    for (const item of Array.isArray(value) ? value : [value]) entries.push(entry(segment, rest, item))
    return
  }
  const existing = entries.find((candidate) => candidate["type"] === segment.tag)
  if (existing === undefined) entries.push(entry(segment, rest, value))
  else if (rest.length > 0) write(existing, rest, value)
}

function entry(segment: Segment, rest: ReadonlyArray<Segment>, value: unknown): Json {
  const created: Json = segment.tag === undefined ? {} : { type: segment.tag }
  if (rest.length > 0) write(created, rest, value)
  else if (Predicate.isObject(value)) Object.assign(created, value)
  else return value as Json
  return created
}

function child(target: Json, key: string): Json {
  return (target[key] ??= {}) as Json
}

function read(source: unknown, segments: ReadonlyArray<Segment>, wantsArray: boolean): unknown {
  const [segment, ...rest] = segments
  if (segment === undefined) return source
  if (!Predicate.isObject(source)) return undefined
  const value = source[segment.key]
  if (!segment.many || value === undefined || value === null) return read(value ?? undefined, rest, wantsArray)
  if (!Array.isArray(value)) return value
  const entries = value.filter(
    (item) => segment.tag === undefined || (Predicate.isObject(item) && item["type"] === segment.tag)
  )
  const found = entries.map((item) => read(item, rest, false)).filter((item) => item !== undefined)
  if (segment.tag === undefined || wantsArray)
    return found.length === 0 && segment.tag !== undefined ? undefined : found
  return found.length > 1 ? found : found[0]
}

function encode(type: ValueType, value: unknown): unknown {
  switch (type.kind) {
    case "integer":
    case "number":
      return type.encodedAs === "string" ? String(value) : value
    case "id":
      return type.encodedAs === "number" ? exactNumber(String(value)) : value
    case "array":
      return Array.isArray(value) ? value.map((item) => encode(type.of, item)) : value
    case "object":
      return writeBody(type.fields, value as Json)
    case "union":
      return encode(type.types.find((item) => fits(item, value)) ?? { kind: "string" }, value)
    default:
      return value
  }
}

function decode(type: ValueType, raw: unknown): unknown {
  switch (type.kind) {
    case "integer":
    case "number":
      // A non-numeric string stays a string, so that validation can report it.
      return type.encodedAs === "string" && Predicate.isString(raw) && /^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw
    case "id":
      return Predicate.isNumber(raw) ? String(raw) : raw
    case "array":
      return Array.isArray(raw) ? raw.map((item) => decode(type.of, item)) : raw
    case "object":
      return Predicate.isObject(raw) ? readBody(type.fields, raw) : raw
    case "union":
      return decode(type.types.find((item) => fits(item, raw)) ?? { kind: "string" }, raw)
    default:
      return raw
  }
}

function fits(type: ValueType, value: unknown): boolean {
  return (type.kind === "integer" || type.kind === "number") === Predicate.isNumber(value)
}
