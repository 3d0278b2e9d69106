import { Predicate } from "effect"
import * as z from "zod"
import { booleanOf, choiceOf, listOf, numberOf, objectOf, textOf } from "../params/plain-value.ts"
import { idIn } from "../params/wrapped-id.ts"
import { isSameName } from "./field-names.ts"
import { isIdField } from "./id-field.ts"
import { innerType } from "./inner-type.ts"
import { spellingsOf, valuesOf } from "./listed-value.ts"
import { mediaKindOf } from "./media-field.ts"
import { readModel } from "./model-field.ts"
import { isObjectField } from "./object-field.ts"
import { entryOfText } from "./shot-field.ts"

/** A value of the type that the schema wants, where only one can be meant; else as it is. */
export const readValue = (schema: unknown, given: unknown): unknown => {
  const type = innerType(schema)
  if (type instanceof z.ZodArray) return listOf(given).map((one) => readValue(type.element, one))
  // Some hosts send lists for everything.
  const value = Array.isArray(given) && given.length === 1 ? (given[0] as unknown) : given
  if (type instanceof z.ZodNumber) return numberOf(value) ?? value
  if (type instanceof z.ZodBoolean) return booleanOf(value) ?? value
  if (type instanceof z.ZodObject) return readEntry(type, value)
  if (isObjectField(type)) return objectOf(value) ?? value
  const model = readModel(type, value)
  if (model !== undefined) return model
  const values = valuesOf(type)
  if (values.length > 0) return choiceOf(values, value) ?? spellingsOf(type)[plainWord(value)] ?? value
  return type instanceof z.ZodString ? readText(type, value) : value
}

/** Fields of an entry that are looked at: none has as many, so that one is unknown, and refused. */
const mostFields = 20

const readEntry = (type: z.ZodObject, value: unknown): unknown => {
  const given = objectOf(value) ?? (Predicate.isString(value) ? entryOfText(type, value) : undefined)
  if (given === undefined) return value
  const fields: Record<string, unknown> = {}
  let left = mostFields
  for (const word in given) {
    if (left-- === 0) break
    const field = Object.keys(type.shape).find((name) => word.length <= 80 && isSameName(name, word)) ?? word
    fields[field] = readValue(type.shape[field], given[word])
  }
  return fields
}

const readText = (type: z.ZodString, value: unknown): unknown => {
  const isId = isIdField(type) || mediaKindOf(type) === "video"
  if (!isId) return Predicate.isString(value) ? value.trim() : value
  return Predicate.isString(value) ? idIn(value) : (textOf(value) ?? value)
}

const plainWord = (value: unknown): string => (Predicate.isString(value) ? value.trim().toLowerCase() : "")
