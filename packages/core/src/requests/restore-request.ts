import { Predicate } from "effect"
import type { MediaOrigin, StoredRequest } from "../plan/stored-request.ts"
import type { Fields } from "./plan-context.ts"
import { fieldMeant } from "./read-request.ts"
import type { AnyRequest } from "./request.ts"
import { originIn } from "./store-request.ts"

/** A stored request with some of its settings changed, before it is planned again. */
export interface ChangedRequest {
  /** What was kept under the names of the declaration, what has changed in the caller's own words. */
  readonly input: Fields
  /** The settings that the changes name. */
  readonly changed: ReadonlyArray<string>
  /** What was given as content, which is not kept, and is not among the changes. */
  readonly missing: ReadonlyArray<string>
  /** By the source of a file that is read again: its field, and the digest of what it contained. */
  readonly files: ReadonlyMap<string, { readonly field: string; readonly sha256: string }>
}

/**
 * Changes replace what was given, whatever the caller calls a setting; `null` takes it back to its default. The model stays
 * the one that was chosen, also where the default is another one by now.
 */
export const changeRequest = (
  request: AnyRequest | undefined,
  { input, defaults }: StoredRequest,
  changes: Fields
): ChangedRequest => {
  const words = Object.entries(changes).map(([word, value]) => [wordFor(request, word), value] as const)
  const changed = words.map(([word]) => (request === undefined ? word : (fieldMeant(request, word) ?? word)))
  const { model } = defaults
  const given = request === undefined || model === undefined ? input : { model, ...input }
  const kept = Object.entries(given).filter(([field]) => !changed.includes(field))
  const origins = mediaIn(Object.fromEntries(kept))
  return {
    input: {
      ...Object.fromEntries(kept.map(([field, value]) => [field, sourcesOf(value)])),
      ...Object.fromEntries(words)
    },
    changed,
    missing: origins.flatMap(({ field, source }) => (source === undefined ? [field] : [])),
    files: new Map(
      origins.flatMap(({ field, source, sha256 }) =>
        source === undefined || sha256 === undefined ? [] : [[source, { field, sha256 }] as const]
      )
    )
  }
}

/** Every job shows its text as its prompt, also the one that is spoken. */
const wordFor = (request: AnyRequest | undefined, word: string): string => {
  const isText = request !== undefined && !("prompt" in request.input.shape) && "text" in request.input.shape
  return word === "prompt" && isText ? "text" : word
}

/** The media of a stored input by the path of its field: `image`, `referenceImages[1]`. */
export const mediaIn = (input: Fields): ReadonlyArray<MediaOrigin & { readonly field: string }> =>
  Object.entries(input).flatMap(([field, value]) => mediaAt(field, value))

const mediaAt = (field: string, value: unknown): ReadonlyArray<MediaOrigin & { readonly field: string }> => {
  const origin = originIn(value)
  if (origin !== undefined) return [{ field, ...origin }]
  if (Array.isArray(value)) return value.flatMap((one, index) => mediaAt(`${field}[${index}]`, one))
  return Predicate.isObject(value)
    ? Object.entries(value).flatMap(([name, one]) => mediaAt(`${field}.${name}`, one))
    : []
}

const sourcesOf = (value: unknown): unknown => {
  const origin = originIn(value)
  if (origin !== undefined) return origin.source
  if (Array.isArray(value)) return value.map(sourcesOf)
  return Predicate.isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sourcesOf(one)]))
    : value
}
