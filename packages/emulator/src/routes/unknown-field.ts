import type { AnyOperation, Params, ValueType } from "@klingkit/core"
import { Predicate } from "effect"

type Json = Readonly<Record<string, unknown>>

/** The first field of a body that the operation does not declare, by its dotted place. */
export const unknownField = ({ params, externalId }: AnyOperation, body: Json): string | undefined => {
  const known = placesOf(params)
  if (externalId !== undefined) known.add(externalId)
  // Every create takes it, some only ignore it.
  known.add("callback_url")
  return firstUnknown(body, known, "")
}

const firstUnknown = (value: Json, known: ReadonlySet<string>, prefix: string): string | undefined => {
  for (const [key, entry] of Object.entries(value)) {
    const place = `${prefix}${key}`
    const isKnown = known.has(place) || [...known].some((one) => one.startsWith(`${place}.`))
    if (!isKnown) return place
    const nested = Array.isArray(entry) ? entry : [entry]
    for (const one of nested) {
      const inside = Predicate.isObject(one) ? firstUnknown(one, known, `${place}.`) : undefined
      if (inside !== undefined) return inside
    }
  }
  return undefined
}

/** `element_list[].element_id` as `element_list.element_id`, with what lies inside records. */
const placesOf = (params: Params, prefix = ""): Set<string> => {
  const places = new Set<string>()
  for (const { at, type } of Object.values(params)) {
    const place = `${prefix}${at.replaceAll(/\[[^\]]*\]/g, "")}`
    places.add(place)
    const fields = fieldsIn(type)
    if (fields !== undefined) for (const inside of placesOf(fields, `${place}.`)) places.add(inside)
  }
  return places
}

const fieldsIn = (type: ValueType): Params | undefined =>
  type.kind === "record" ? type.fields : type.kind === "list" ? fieldsIn(type.of) : undefined
