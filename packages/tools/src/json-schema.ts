import * as z from "zod"

/** A JSON Schema (2020-12) of an object. */
export interface JsonSchema {
  readonly type: "object"
  readonly properties: Readonly<Record<string, unknown>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean
}

/**
 * The JSON Schema that describes a tool on the wire. Every byte costs context in every conversation, so redundant parts
 * are dropped: the dialect (MCP assumes 2020-12), empty words, limits that every integer has, and `additionalProperties`,
 * except of all arguments together: in results, so that later versions can add fields.
 */
export const jsonSchemaOf = (schema: z.ZodObject, side: "input" | "output"): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: side,
    override: ({ jsonSchema, path }) => {
      if (side === "output" || path.length > 0) delete jsonSchema.additionalProperties
      if (jsonSchema.description === "") delete jsonSchema.description
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    }
  })
  return json as unknown as JsonSchema
}
