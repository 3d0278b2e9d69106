import type { Loose } from "./send-request.ts"

/**
 * The structure of a JSON value: names and types without values. An array has the shape of its first item; ids beyond
 * 2^53 and integers are both numbers.
 */
export const shapeOf = (value: Loose): Loose => {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(names.map((name) => [name, shapeOf(value[name])]))
}
