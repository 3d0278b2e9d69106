import type { Loose } from "./ask.ts"

/**
 * The bare structure of a JSON value: names and types, no values. A list is as its first entry, an id beyond 2^53 or a
 * whole number are both numbers.
 */
export const shapeOf = (value: Loose): Loose => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(names.map((name) => [name, shapeOf(value[name])]))
}
