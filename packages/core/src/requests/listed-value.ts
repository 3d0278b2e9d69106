import * as z from "zod"

/**
 * A value of which a model takes some: all are listed for the caller, and which of them the model takes is its operation's
 * to say, in one wording for every face.
 */
export const listedValue = <const V extends string>(values: ReadonlyArray<V>, description: string) =>
  suggested<V>().meta({ description, enum: [...new Set(values)] })

/** A string of which programmers are offered some values as they type; Kling may take others. */
export const suggested = <V extends string>() =>
  z.string() as unknown as z.ZodType<V | (string & {}), V | (string & {})>

/** The same for an integer. */
export const listedInteger = (values: ReadonlyArray<number>, description: string) =>
  z.int().meta({ description, minimum: Math.min(...values), maximum: Math.max(...values) })

/** The values that a field lists. */
export const valuesOf = (type: unknown): ReadonlyArray<string> => {
  if (type instanceof z.ZodEnum) return type.options.map(String)
  const listed: unknown = type instanceof z.ZodType ? type.meta()?.["enum"] : undefined
  return Array.isArray(listed) ? listed.map(String) : []
}

const spellings = z.registry<{ readonly words: Readonly<Record<string, string>> }>()

/** One of these values, which callers also know under other words. */
export const choice = <const V extends string>(
  values: ReadonlyArray<V>,
  words: Readonly<Record<string, NoInfer<V>>>
): z.ZodEnum<z.core.util.ToEnum<V>> => z.enum(values).register(spellings, { words })

/** The other words for the values of a field, in small letters. */
export const spellingsOf = (type: z.core.$ZodType | undefined): Readonly<Record<string, string>> =>
  (type === undefined ? undefined : spellings.get(type)?.words) ?? {}
