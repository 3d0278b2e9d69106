import * as z from "zod"
import { valuesOf } from "./listed-value.ts"
import { mediaKindOf } from "./media-field.ts"
import { innerType } from "./inner-type.ts"

/** A field as a face offers it, whatever language its schema is written in. */
export interface FieldView {
  readonly kind: "text" | "number" | "boolean" | "list"
  /** Other fields are named in braces. */
  readonly description: string
  /** What may be given, where that is a choice. */
  readonly values: ReadonlyArray<string>
  readonly media: ReturnType<typeof mediaKindOf>
  /** Of a list of objects: what each holds. */
  readonly entry?: Readonly<Record<string, FieldView>>
}

export const viewOfField = (schema: unknown): FieldView => {
  const type = innerType(schema)
  const entry = type instanceof z.ZodArray ? innerType(type.element) : undefined
  return {
    kind:
      type instanceof z.ZodBoolean
        ? "boolean"
        : type instanceof z.ZodArray
          ? "list"
          : type instanceof z.ZodNumber
            ? "number"
            : "text",
    description: type instanceof z.ZodType ? (type.description ?? "") : "",
    values: valuesOf(type),
    media: mediaKindOf(type),
    ...(entry instanceof z.ZodObject
      ? { entry: Object.fromEntries(Object.entries(entry.shape).map(([name, field]) => [name, viewOfField(field)])) }
      : {})
  }
}
