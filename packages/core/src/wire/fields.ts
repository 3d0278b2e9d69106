import { Effect, Schema } from "effect"

/** A field that Kling may omit or send as null. */
export const maybe = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** The same; of another type than documented it counts as null, so that it does not hide the rest of a paid result. */
export const lenient = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(Schema.NullOr(schema).pipe(Schema.catchDecoding(() => Effect.succeedSome(null))))

/** Later times are not Kling's, and far beyond it a date cannot be written. */
export const maxTimeMillis = Date.UTC(2200, 0, 1)

/** Milliseconds since 1970; left out if it cannot be a time. */
export const OptionalTime = Schema.optionalKey(
  Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: maxTimeMillis })).pipe(
    Schema.catchDecoding(() => Effect.succeedNone)
  )
)

/** An id: a string or a bare number. Numbers beyond 2^53 are already digit strings at this point. */
export const WireId = Schema.Union([Schema.String, Schema.Int])

/** What Kling's ids look like, and all that can be looked up: one word of visible ASCII without a comma. */
export const isId = (id: string | number): boolean => /^(?!\.{1,2}$)[!-+\--~]{1,200}$/.test(String(id))

/** The id of a task. A record with any other is not one: it could be neither shown nor looked up. */
export const TaskId = WireId.check(Schema.makeFilter((id) => isId(id) || "must be one word of visible characters"))

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
