import { Effect, Predicate } from "effect"
import type * as z from "zod"
import { fillNames } from "../errors/field-placeholders.ts"
import { invalidInput, type KlingError } from "../errors/kling-error.ts"
import type { Problem } from "../errors/problem.ts"
import { variableOf } from "../errors/setting.ts"
import { closestMatch } from "../params/closest-match.ts"
import { isSameName, renamed } from "./field-names.ts"
import { inputProblems } from "./input-problems.ts"
import { readValue } from "./read-value.ts"
import type { Alias, Request } from "./request.ts"

/** What a face calls a request's field. */
export type NameOf = (request: Pick<Request, "input" | "aliases">, field: string) => string

/** A request's input as read from a caller's words, and the word that the caller used for each field. */
export interface ReadRequest<Input extends z.ZodObject> {
  readonly input: z.output<Input>
  readonly nameOf: (field: string) => string
}

/**
 * Reads a request's input from whatever words a caller used: any spelling of a field, or an older word for it. Absent, null,
 * blank text and an empty list are one thing, and blanks around a text do not count. A value with one possible meaning is read
 * (`"5s"` for 5 seconds). All problems come at once.
 */
export const readRequest = <Input extends z.ZodObject>(
  request: Request<string, Input>,
  given: unknown,
  faceName: NameOf
): Effect.Effect<ReadRequest<Input>, KlingError> => {
  if (given !== undefined && (!Predicate.isObject(given) || Array.isArray(given))) {
    return Effect.fail(invalidInput([{ field: "arguments", message: "must be an object with named fields" }]))
  }
  const fields = new Map<string, { readonly word: string; readonly value: unknown }>()
  const problems: Array<Problem> = []
  for (const [word, value] of Object.entries(given ?? {})) {
    if (isAbsent(value)) continue
    const meant = findField(request, word)
    if (meant === undefined) {
      problems.push(unknownField(request, word, faceName))
      continue
    }
    const text = Predicate.isString(value) ? value.trim() : value
    const read = readValue(request.input.shape[meant.field], meant.read(text))
    const earlier = fields.get(meant.field)
    if (earlier !== undefined && JSON.stringify(earlier.value) !== JSON.stringify(read)) {
      problems.push({ field: word, message: `contradicts ${earlier.word}; give only one of them` })
    } else fields.set(meant.field, { word, value: read })
  }
  const nameOf = (field: string): string => {
    const word = fields.get(field)?.word ?? field
    return word === field ? faceName(request, field) : word
  }
  const input = Object.fromEntries([...fields].map(([field, { value }]) => [field, value]))
  const parsed = request.input.safeParse(input)
  if (parsed.success && problems.length === 0) return Effect.succeed({ input: parsed.data, nameOf })
  const found = parsed.success ? [] : inputProblems(parsed.error.issues, input)
  return Effect.fail(
    invalidInput([...found.map((problem) => ({ ...problem, field: renamed(problem.field, nameOf) })), ...problems])
  )
}

/** Empty means absent: it neither decides a path nor makes another request. */
const isAbsent = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (Predicate.isString(value) && value.trim() === "") ||
  (Array.isArray(value) && value.length === 0)

/** The field that a word means, and how its value is read. */
const findField = (
  { input, aliases }: Pick<Request, "input" | "aliases">,
  word: string
): { readonly field: string; readonly read: Alias["read"] } | undefined => {
  const asIs = (value: unknown) => value
  const alias = Object.hasOwn(aliases, word) ? aliases[word] : undefined
  const meant = typeof alias === "string" ? { field: alias, read: asIs } : alias
  if (meant !== undefined) return meant.field in input.shape ? meant : undefined
  const field = Object.keys(input.shape).find((name) => isSameName(name, word))
  return field === undefined ? undefined : { field, read: asIs }
}

/** The field of a request that a word means, if any. */
export const fieldMeant = (request: Pick<Request, "input" | "aliases">, word: string): string | undefined =>
  findField(request, word)?.field

const secretName = /(api|access|secret)[_-]?key|secret|password|bearer/i

const unknownField = (request: Request, word: string, faceName: NameOf): Problem => {
  const field = word.slice(0, 80)
  const reason = Object.entries(request.refused).find(([name]) => isSameName(name, word))?.[1]
  if (reason !== undefined) {
    return { field, message: fillNames(reason, (other) => faceName(request, other)) }
  }
  if (secretName.test(word)) {
    return {
      field,
      message: `is not a setting: set keys in the environment (${variableOf("apiKey")}), never in a call; revoke a key that appeared in a chat`
    }
  }
  const names = Object.keys(request.input.shape).map((name) => faceName(request, name))
  const near = closestMatch(word, names)
  const hint = near === undefined ? `the settings are: ${names.join(", ")}` : `did you mean ${near}?`
  const message = `is not a setting of ${request.id}; ${hint}`
  return near === undefined ? { field, message } : { field, message, nearest: near }
}
