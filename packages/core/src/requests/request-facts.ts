import { Predicate } from "effect"
import { sanitizeText } from "../errors/sanitize-text.ts"
import type { StoredRequest } from "../plan/stored-request.ts"
import { findRequest } from "./catalog.ts"
import { renamed } from "./field-names.ts"
import type { NameOf } from "./read-request.ts"
import { mediaIn } from "./restore-request.ts"
import { originIn } from "./store-request.ts"

/** An image, video or audio of a request: where it came from, never what it contains. */
export interface RequestInput {
  readonly name: string
  /** Absent where it was given as content. */
  readonly source?: string
  readonly sha256?: string
  readonly bytes?: number
}

/** What a job was asked for beside its model and prompt, in a face's own names. */
export interface RequestFacts {
  /** Given or filled in. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly inputs: ReadonlyArray<RequestInput>
}

/** Shown by themselves wherever a job is. */
const shownApart = ["model", "prompt", "text"]

const longestValue = 200
const longestSource = 500

export const requestFacts = (stored: StoredRequest, faceName: NameOf): RequestFacts => {
  const declared = stored.request === undefined ? undefined : findRequest(stored.request)
  const nameOf = (field: string) =>
    declared === undefined || !(field in declared.input.shape) ? field : faceName(declared, field)
  const all = Object.entries({ ...stored.input, ...stored.defaults })
  return {
    settings: Object.fromEntries(
      all.flatMap(([field, value]) =>
        shownApart.includes(field) || mediaIn({ field: value }).length > 0 ? [] : [[nameOf(field), shown(value)]]
      )
    ),
    inputs: mediaIn(stored.input).map(({ field, source, ...content }) => ({
      name: renamed(field, nameOf),
      ...(source === undefined ? {} : { source: sanitizeText(source, longestSource) }),
      ...content
    }))
  }
}

/** What is spoken or shown: the text of a request. */
export const requestText = ({ input }: StoredRequest): string | undefined => {
  const text = input["prompt"] ?? input["text"]
  return Predicate.isString(text) && originIn(text) === undefined ? text : undefined
}

const shown = (value: unknown): unknown => {
  if (Predicate.isString(value)) return sanitizeText(value, longestValue)
  if (Predicate.isNumber(value) || Predicate.isBoolean(value)) return value
  if (Array.isArray(value) && value.every((one) => Predicate.isString(one) && one.length <= longestValue)) {
    return value.map((one) => sanitizeText(String(one), longestValue))
  }
  return sanitizeText(JSON.stringify(value), longestValue)
}
