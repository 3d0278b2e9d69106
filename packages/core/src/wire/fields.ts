import { Schema } from "effect"

/** A field that Kling may omit or send as null. */
export const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** An id: a string or a bare number. Numbers beyond 2^53 are already digit strings at this point. */
export const WireId = Schema.Union([Schema.String, Schema.Int])

/** A number that some responses send as a string, such as a duration in seconds. */
export const WireNumber = Schema.Union([Schema.String, Schema.Number])

/** Reads a `WireNumber`; nothing for text that is not a number. */
export const readNumber = (value: string | number | null | undefined): number | undefined => {
  if (value === undefined || value === null || value === "") return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** Drops undefined and null fields, so that an absent field stays absent. */
export const present = <T extends Record<string, unknown>>(
  fields: T
): { [K in keyof T as undefined extends T[K] ? never : null extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : null extends T[K] ? K : never]?: Exclude<T[K], undefined | null>
} => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as never
