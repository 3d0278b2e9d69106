import { Effect } from "effect"
import { fillNames } from "../errors/field-placeholders.ts"
import { invalidInput, KlingError } from "../errors/kling-error.ts"
import type { Alias, Request } from "./request.ts"

type Naming = (name: string) => string

/** Problems with an operation's fields, told by the fields they came from. */
export const renameFields = (nameOf: Naming) =>
  mapProblems(
    (path) => renamed(path, nameOf),
    (message) => fillNames(message, (field) => `{${nameOf(field)}}`)
  )

/** Problems inside a value, told as those of the one field that it came from. */
export const atField = (field: string) =>
  mapProblems(
    () => field,
    (message) => message
  )

/** Problems with a request's fields, told by the names of the caller's face. */
export const fillFieldNames = (nameOf: Naming) =>
  mapProblems(
    (path) => renamed(path, nameOf),
    (message) => fillNames(message, nameOf)
  )

const mapProblems =
  (fieldOf: Naming, messageOf: Naming) =>
  <A, E, R>(effect: Effect.Effect<A, E | KlingError, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) =>
      error instanceof KlingError && error.reason._tag === "InvalidInput"
        ? invalidInput(
            error.reason.problems.map(({ field, message, ...data }) => ({
              ...data,
              field: fieldOf(field),
              message: messageOf(message)
            })),
            error.operation
          )
        : error
    )

/** `images[1]` is `image_urls[1]`, where `images` is `image_urls`; a field of an entry has no dashes or brackets of its own. */
export const renamed = (path: string, nameOf: Naming): string => {
  const [, root = path, rest = ""] = /^(\w+)(.*)$/s.exec(path) ?? []
  const inner = (name: string) => nameOf(name).replaceAll(/^\W+|\W+$/g, "")
  return nameOf(root) + rest.replaceAll(/\.(\w+)/g, (_, name: string) => `.${inner(name)}`)
}

/** What everybody calls `duration` has its unit in the description. */
const withoutUnit = (field: string): string => (field === "durationSeconds" ? "duration" : field)

const separated = (field: string, separator: string): string =>
  withoutUnit(field).replaceAll(/[A-Z]/g, (letter) => separator + letter.toLowerCase())

export const snakeName = (field: string): string => separated(field, "_")
export const kebabName = (field: string): string => separated(field, "-")

/** The field that a word means, and how its value is read. */
export interface MeantField {
  readonly field: string
  readonly read: Alias["read"]
}

/** Finds the field that a word means: an older word for it, or any spelling of its name. */
export const fieldFinder = ({
  input: { shape },
  aliases
}: Pick<Request, "input" | "aliases">): ((word: string) => MeantField | undefined) => {
  const asIs = (value: unknown) => value
  const known = new Map<string, MeantField>()
  for (const field of Object.keys(shape)) known.set(plain(field), { field, read: asIs })
  for (const [word, alias] of Object.entries(aliases)) {
    const meant = typeof alias === "string" ? { field: alias, read: asIs } : alias
    if (meant.field in shape) known.set(plain(word), meant)
  }
  return (word) => (word.length > longestName ? undefined : known.get(plain(word)))
}

const longestName = 80

/** `aspect-ratio`, `aspectRatio` and `aspect_ratio` are one name, and so are `duration` and `durationSeconds`. */
export const isSameName = (one: string, other: string): boolean => plain(one) === plain(other)

const plain = (name: string): string =>
  name
    .replaceAll(/[-_ ]/g, "")
    .toLowerCase()
    .replace(/^durationseconds$/, "duration")
