import * as z from "zod"

const registry = z.registry<{ readonly isUnlisted: true }>()

/** An argument that is read like every other, and not listed: each listed one costs context in every conversation. */
export const unlisted = <Schema extends z.ZodType>(schema: Schema): Schema => {
  const own = schema.clone()
  registry.add(own, { isUnlisted: true })
  return own
}

export const isUnlisted = (schema: z.core.$ZodType): boolean => registry.get(schema)?.isUnlisted === true
