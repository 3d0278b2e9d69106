import * as z from "zod"
import { innerType } from "./inner-type.ts"

type Fields = Readonly<Record<string, unknown>>

/** Numbers held to the limits of their fields, with a note for each that was outside. */
export const withinBounds = (
  { shape }: z.ZodObject,
  given: Fields,
  nameOf: (field: string) => string
): { readonly input: Fields; readonly notes: ReadonlyArray<string> } => {
  const notes: Array<string> = []
  const held = Object.entries(given).map(([field, value]) => {
    const type = innerType(shape[field])
    if (!(type instanceof z.ZodNumber) || typeof value !== "number") return [field, value] as const
    const within = Math.min(Math.max(value, type.minValue ?? value), type.maxValue ?? value)
    if (within !== value) notes.push(`${nameOf(field)} ${value} is beyond its limit: ${within} was used`)
    return [field, within] as const
  })
  return { input: Object.fromEntries(held), notes }
}
