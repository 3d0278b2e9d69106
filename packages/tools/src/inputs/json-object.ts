import type { KlingError } from "@klingkit/core"
import { invalidInput, parseJson } from "@klingkit/core/internal"
import { Effect, Predicate } from "effect"

/** Parses an argument that holds a JSON object: arguments are flat so that every host can offer them. Ids keep all digits. */
export const objectFrom = (field: string, json: string): Effect.Effect<Readonly<Record<string, unknown>>, KlingError> =>
  Effect.try({
    try: () => parseJson(json),
    catch: () => invalidInput([{ field, message: "is not JSON" }])
  }).pipe(
    Effect.flatMap((value) =>
      Predicate.isObject(value) && !Array.isArray(value)
        ? Effect.succeed(value as Readonly<Record<string, unknown>>)
        : Effect.fail(invalidInput([{ field, message: 'must be a JSON object such as {"prompt": "a cat"}' }]))
    )
  )
