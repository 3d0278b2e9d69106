import type { AnyOperation, Params, ValueType } from "@klingkit/core"
import { Predicate } from "effect"

type Json = Readonly<Record<string, unknown>>

/** The dotted path of the first field of a body that the operation does not declare. */
export const unknownField = ({ params, externalId }: AnyOperation, body: Json): string | undefined => {
  const known = pathsOf(params)
  if (externalId !== undefined) known.add(externalId)
  // Every create accepts it, though some ignore it.
  known.add("callback_url")
  return firstUnknown(body, known, "")
}

const firstUnknown = (value: Json, known: ReadonlySet<string>, prefix: string): string | undefined => {
  for (const [key, entry] of Object.entries(value)) {
    const path = `${prefix}${key}`
    const isKnown = known.has(path) || [...known].some((knownPath) => knownPath.startsWith(`${path}.`))
    if (!isKnown) return path
    const nested = Array.isArray(entry) ? entry : [entry]
    for (const item of nested) {
      const unknown = Predicate.isObject(item) ? firstUnknown(item, known, `${path}.`) : undefined
      if (unknown !== undefined) return unknown
    }
  }
  return undefined
}

/** `element_list[].element_id` as `element_list.element_id`, plus the fields of nested objects. */
const pathsOf = (params: Params, prefix = ""): Set<string> => {
  const paths = new Set<string>()
  for (const { path, type } of Object.values(params)) {
    const dotted = `${prefix}${path.replaceAll(/\[[^\]]*\]/g, "")}`
    paths.add(dotted)
    const fields = fieldsIn(type)
    if (fields !== undefined) for (const nestedPath of pathsOf(fields, `${dotted}.`)) paths.add(nestedPath)
  }
  return paths
}

const fieldsIn = (type: ValueType): Params | undefined =>
  type.kind === "object" ? type.fields : type.kind === "array" ? fieldsIn(type.of) : undefined
