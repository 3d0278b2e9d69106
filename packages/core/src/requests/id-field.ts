import * as z from "zod"
import { innerType } from "./inner-type.ts"

const ids = z.registry<{ readonly isId: true }>()

/** A field that holds an id of klingkit's or Kling's, always text. */
export const idField = (description?: string) =>
  (description === undefined ? z.string() : z.string().describe(description)).register(ids, { isId: true })

export const isIdField = (schema: unknown): boolean => {
  const type = innerType(schema)
  // A description given later makes another schema, which inherits this.
  return type !== undefined && ids.get(type) !== undefined
}
