import * as z from "zod"

/** A JSON Schema (2020-12) of an object. */
export interface JsonSchema {
  readonly type: "object"
  readonly properties: Readonly<Record<string, unknown>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean
}

/**
 * What goes over the wire to describe a tool. Every byte is paid for by every conversation, so what says nothing is
 * left out: the dialect (2020-12 is what MCP assumes), and in results the ban on fields that a later version adds.
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
