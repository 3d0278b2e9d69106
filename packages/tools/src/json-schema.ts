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
 * are dropped: the dialect (MCP assumes 2020-12) and, in results, `additionalProperties`, so that later versions can add fields.
 */
export const jsonSchemaOf = (schema: z.ZodObject, side: "input" | "output"): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: side,
    override: ({ jsonSchema }) => {
      if (side === "output") delete jsonSchema.additionalProperties
    }
  })
  return json as unknown as JsonSchema
}
