import { invalidInput, type KlingError } from "@klingkit/core"
import { Effect } from "effect"

/** Tells problems with a request's fields by the names of the arguments that the caller used. */
export const renameFields =
  (names: Readonly<Record<string, string>>) =>
  <A, R>(effect: Effect.Effect<A, KlingError, R>): Effect.Effect<A, KlingError, R> =>
    Effect.mapError(effect, (error) =>
      error.reason._tag === "InvalidInput"
        ? invalidInput(
            error.reason.problems.map(({ field, message }) => ({ field: names[field] ?? field, message })),
            error.operation
          )
        : error
    )
