import type { KlingError } from "@klingkit/core"
import { invalidInput, parseJson } from "@klingkit/core/internal"
import { Effect, Predicate } from "effect"
import * as z from "zod"

/** An argument that holds a JSON object: listed as text, so that every host can offer it; an object is taken as well. */
export const jsonArgument = (description: string) => z.unknown().meta({ type: "string", description }).optional()

/** Reads an argument that holds a JSON object, or its text. Ids keep all digits. */
export const objectFrom = (
  field: string,
  given: unknown
): Effect.Effect<Readonly<Record<string, unknown>>, KlingError> =>
  Effect.try({
    try: () => (Predicate.isString(given) ? parseJson(given) : given),
    catch: () => invalidInput([{ field, message: "is not JSON" }])
  }).pipe(
    Effect.flatMap((value) =>
      Predicate.isObject(value) && !Array.isArray(value)
        ? Effect.succeed(value as Readonly<Record<string, unknown>>)
        : Effect.fail(invalidInput([{ field, message: 'must be a JSON object such as {"prompt": "a cat"}' }]))
    )
  )
