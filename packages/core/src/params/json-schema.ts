import type { Param, Params } from "./param.ts"
import type { ValueType } from "./value-type.ts"

export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schema (2020-12) of an input, derived from the limits that are checked before a request. */
export const inputJsonSchema = (params: Params): JsonSchema => ({
  type: "object",
  properties: Object.fromEntries(Object.entries(params).map(([name, param]) => [name, property(param)])),
  required: Object.entries(params).flatMap(([name, param]) => (param.required ? [name] : [])),
  additionalProperties: false
})

const property = (param: Param): JsonSchema => ({
  ...valueSchema(param.type),
  ...(param.default === undefined ? {} : { default: param.default }),
  description: [param.notes, `Kling: ${param.path}`].filter((part) => part !== undefined).join(". "),
  ...(param.retired === true ? { deprecated: true } : {})
})

function valueSchema(type: ValueType): JsonSchema {
  switch (type.kind) {
    case "string":
      return { type: "string", ...defined({ maxLength: type.maxLength }) }
    case "enum":
      return type.allowUnknown === true
        ? { type: "string", examples: type.values }
        : { type: "string", enum: type.values }
    case "integer":
    case "number":
      return { type: type.kind, ...defined({ minimum: type.min, maximum: type.max, enum: type.values }) }
    case "boolean":
      return { type: "boolean" }
    case "id":
      return { type: "string", ...(type.encodedAs === "number" ? { pattern: "^\\d{1,20}$" } : {}) }
    case "media":
      return { type: "string" }
    case "object":
      return inputJsonSchema(type.fields)
    case "array":
      return { type: "array", items: valueSchema(type.of), ...defined({ minItems: type.min, maxItems: type.max }) }
    case "union":
      return { anyOf: type.types.map(valueSchema) }
  }
}

const defined = (entries: Readonly<Record<string, unknown>>): JsonSchema =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))
