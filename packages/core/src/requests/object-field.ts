import { Predicate } from "effect"
import * as z from "zod"
import { innerType } from "./inner-type.ts"

const objects = z.registry<{ readonly isObject: true }>()

/**
 * A field that holds an object, listed as its JSON text: what an object may hold differs from call to call, and hosts drop or
 * refuse objects without properties. The object itself is taken as well.
 */
export const jsonObject = (description: string) =>
  z
    .unknown()
    .refine(Predicate.isObject, {
      error: ({ input }) =>
        Predicate.isString(input) && !/^\s*[[{"\d]/.test(input)
          ? "is not JSON"
          : 'must be a JSON object such as {"prompt": "a cat"}'
    })
    .meta({ type: "string", description })
    .register(objects, { isObject: true }) as z.ZodType<Readonly<Record<string, unknown>>>

export const isObjectField = (schema: unknown): boolean => {
  const type = innerType(schema)
  return type !== undefined && objects.get(type) !== undefined
}
