import { invalidInput, KlingError } from "@klingkit/core"
import { Effect } from "effect"

/** Tells problems with a request's fields by the names of the arguments that the caller used. */
export const renameFields =
  (names: Readonly<Record<string, string>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) =>
      error instanceof KlingError && error.reason._tag === "InvalidInput"
        ? invalidInput(
            error.reason.problems.map(({ field, message }) => ({ field: renamed(field, names), message })),
            error.operation
          )
        : error
    )

/** `images[1]` is `image_urls[1]`, where `images` is `image_urls`. */
const renamed = (field: string, names: Readonly<Record<string, string>>): string => {
  const [, root = field, rest = ""] = /^(\w+)(\[\d+\])?$/.exec(field) ?? []
  return names[field] ?? (names[root] === undefined ? field : names[root] + rest)
}
