import { invalidInput, KlingError } from "@klingkit/core"
import { Effect } from "effect"

/** Reports problems with a request's fields under the argument names that the caller used. */
export const renameFields =
  (names: Readonly<Record<string, string>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) =>
      error instanceof KlingError && error.reason._tag === "InvalidInput"
        ? invalidInput(
            error.reason.problems.map(({ field, message }) => ({
              field: renamed(field, names),
              message: renamedIn(message, names)
            })),
            error.operation
          )
        : error
    )

/** `images[1]` becomes `image_urls[1]` where `images` is `image_urls`. */
const renamed = (field: string, names: Readonly<Record<string, string>>): string => {
  const [, root = field, rest = ""] = /^(\w+)(\[\d+\])?$/.exec(field) ?? []
  return names[field] ?? (names[root] === undefined ? field : names[root] + rest)
}

/** Messages mention other fields too. Only camelCase names are replaced: the others may be plain words. */
const renamedIn = (message: string, names: Readonly<Record<string, string>>): string =>
  message.replaceAll(/\b[a-z]+[A-Z]\w*\b/g, (word) => names[word] ?? word)
