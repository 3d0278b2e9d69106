import { invalidInput, KlingError } from "@klingkit/core"
import { Effect } from "effect"

/** Tells problems with a request's fields by the names of the arguments that the caller used. */
export const renameFields =
  (names: Readonly<Record<string, string>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) =>
      error instanceof KlingError && error.reason._tag === "InvalidInput"
        ? invalidInput(
            error.reason.problems.map(({ field, message }) => ({
              field: renamed(field, names),
              message: inWords(message, names)
            })),
            error.operation
          )
        : error
    )

/** `images[1]` is `image_urls[1]`, where `images` is `image_urls`. */
const renamed = (field: string, names: Readonly<Record<string, string>>): string => {
  const [, root = field, rest = ""] = /^(\w+)(\[\d+\])?$/.exec(field) ?? []
  return names[field] ?? (names[root] === undefined ? field : names[root] + rest)
}

/** Messages name other fields too. Only names that are no plain words are changed there. */
const inWords = (message: string, names: Readonly<Record<string, string>>): string =>
  message.replaceAll(/\b[a-z]+[A-Z]\w*\b/g, (word) => names[word] ?? word)
