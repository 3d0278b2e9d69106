import * as z from "zod"

/** The type inside what may be left out or has a default. */
export const innerType = (schema: unknown): z.core.$ZodType | undefined => {
  let type = schema
  while (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable)
    type = type.unwrap()
  return type instanceof z.ZodType ? type : undefined
}

/** A field that may be left out. */
export const isOptional = (schema: unknown): boolean => innerType(schema) !== schema
