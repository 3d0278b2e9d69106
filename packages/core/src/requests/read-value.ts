import * as z from "zod"

/** The type inside what may be left out or has a default. */
export const innerType = (schema: unknown): z.core.$ZodType | undefined => {
  let type = schema
  while (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable)
    type = type.unwrap()
  return type instanceof z.ZodType ? type : undefined
}

/** A value of the type that the schema wants, where only one can be meant; else as it is. Ids are never numbers. */
export const readValue = (schema: unknown, value: unknown): unknown => {
  const type = innerType(schema)
  if (type instanceof z.ZodNumber) return readNumber(value)
  if (type instanceof z.ZodBoolean) return value === "true" ? true : value === "false" ? false : value
  if (type instanceof z.ZodEnum) {
    return type.options.find((option) => String(option).toLowerCase() === String(value).toLowerCase()) ?? value
  }
  if (type instanceof z.ZodArray) return readList(type, value)
  // Some hosts send lists for everything.
  if (type instanceof z.ZodString && Array.isArray(value) && value.length === 1) return value[0] as unknown
  return value
}

const readNumber = (value: unknown): unknown => {
  const digits = typeof value === "string" ? /^\s*(-?\d+(?:\.\d+)?)\s*s?\s*$/.exec(value)?.[1] : undefined
  return digits === undefined ? value : Number(digits)
}

/** A list may be one value, or JSON text of several. */
const readList = (type: z.ZodArray, value: unknown): unknown => {
  const list = typeof value === "string" && value.trim().startsWith("[") ? parsed(value) : value
  return (Array.isArray(list) ? list : [list]).map((one) => readValue(type.element, one))
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
