import * as z from "zod"
import { isUnlisted } from "./unlisted.ts"

/** A JSON Schema (2020-12) of an object. */
export interface JsonSchema {
  readonly type: "object"
  readonly properties: Readonly<Record<string, unknown>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean
}

/**
 * The JSON Schema that describes a tool on the wire. Every byte costs context in every conversation, so redundant parts
 * are dropped: the dialect (MCP assumes 2020-12), empty words, `additionalProperties` of all but the arguments together (in
 * results so that later versions can add fields), what the parts of a result always have, and in arguments those that are
 * not listed and bounds that go without saying: the reader tells of them.
 */
export const jsonSchemaOf = (schema: z.ZodObject, side: "input" | "output"): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(side === "input" ? listed(schema) : schema, {
    io: side,
    override: ({ jsonSchema, path }) => {
      if (side === "output" || path.length > 0) delete jsonSchema.additionalProperties
      if (side === "output" && path.length > 0) delete jsonSchema.required
      if (jsonSchema.description === "") delete jsonSchema.description
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (side === "input") dropObvious(jsonSchema)
    }
  })
  return json as unknown as JsonSchema
}

const listed = (schema: z.ZodObject): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(schema.shape).filter(([, field]) => !isUnlisted(field))))

/** Above it, a maximum only guards against nonsense. */
const highestListed = 50

const dropObvious = (jsonSchema: z.core.JSONSchema.BaseSchema): void => {
  if (jsonSchema.minimum === 1) delete jsonSchema.minimum
  if (jsonSchema.minLength === 1) delete jsonSchema.minLength
  if (jsonSchema.minItems === 1) delete jsonSchema.minItems
  if (jsonSchema.maximum !== undefined && jsonSchema.maximum > highestListed) delete jsonSchema.maximum
  // The list itself says what is in it.
  if (typeof jsonSchema.items === "object" && "description" in jsonSchema.items) delete jsonSchema.items.description
}
