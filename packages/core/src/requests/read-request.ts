import type * as z from "zod"
import { fillNames } from "../errors/field-placeholders.ts"
import { mostProblems, type Problem } from "../errors/problem.ts"
import { sanitizeText } from "../errors/sanitize-text.ts"
import { variableOf } from "../errors/setting.ts"
import { closestMatch } from "../params/closest-match.ts"
import { isAbsent, isEmpty, objectOf } from "../params/plain-value.ts"
import { fieldFinder, isSameName, renamed } from "./field-names.ts"
import { inputProblems } from "./input-problems.ts"
import { isOptional } from "./inner-type.ts"
import { readValue } from "./read-value.ts"
import type { Request } from "./request.ts"
import { withinBounds } from "./within-bounds.ts"

/** What is read: the fields of a request, or the arguments of a tool that makes none. */
export type Readable<Input extends z.ZodObject = z.ZodObject> = Pick<
  Request<string, Input>,
  "id" | "input" | "aliases" | "refused"
>

/** What a face calls a request's field. */
export type NameOf = (request: Pick<Request, "input" | "aliases">, field: string) => string

export interface ReadOptions {
  /** Nothing is paid: numbers are held to their limits and unknown words left out, with a note, instead of refused. */
  readonly isLenient?: boolean
  /** Words that are no setting and no mistake either: what hosts add for themselves. */
  readonly ignored?: ReadonlySet<string>
}

/** An input as read from a caller's words. With problems there is no input, and `fields` are those that are right. */
export interface ReadRequest<Input extends z.ZodObject = z.ZodObject> {
  readonly input: z.output<Input> | undefined
  readonly fields: Readonly<Record<string, unknown>>
  /** Every problem of form, ten at most, under the caller's own words. */
  readonly problems: ReadonlyArray<Problem>
  /** Fields that were given, but not right. */
  readonly wrong: ReadonlySet<string>
  /** False: nothing was read, because what was given has no fields. */
  readonly hasFields: boolean
  /** What was read otherwise than it was given. */
  readonly notes: ReadonlyArray<string>
  /** The word that the caller used for a field, else the face's. */
  readonly nameOf: (field: string) => string
}

/** Entries of one list that are looked at: no request takes as many. */
const longestList = 100

/**
 * Reads an input from whatever words a caller used: any spelling of a field, or an older word for it. Absent, null, blank text,
 * an empty list and, for what may be left out, the text `null` are one thing. A value with one possible meaning is read (`"5s"`
 * for 5 seconds). The work is bounded, however much is given.
 */
export const readRequest = <Input extends z.ZodObject>(
  request: Readable<Input>,
  given: unknown,
  faceName: NameOf,
  { isLenient = false, ignored = new Set() }: ReadOptions = {}
): ReadRequest<Input> => {
  const words = objectOf(given ?? {})
  if (words === undefined) return notAnObject()
  const fieldOf = fieldFinder(request)
  const read = new Map<string, { readonly word: string; readonly value: unknown }>()
  const unknown: Array<string> = []
  const dropped: Array<string> = []
  const problems: Array<Problem> = []
  const wrong = new Set<string>()
  let isWhole = true
  // Not `Object.entries`: a copy of everything that is given would be made before the first word is read.
  for (const word in words) {
    isWhole = unknown.length + problems.length <= mostProblems
    if (!isWhole) break
    const value = words[word]
    const meant = fieldOf(word)
    if (meant === undefined) {
      if (ignored.has(word)) dropped.push(word)
      else if (!isAbsent(value)) unknown.push(word)
      continue
    }
    const schema = request.input.shape[meant.field]
    if (isOptional(schema) ? isAbsent(value) : isEmpty(value)) continue
    if (Array.isArray(value) && value.length > longestList) {
      problems.push({ field: nameFor(word), message: `has ${value.length} entries; at most ${longestList} are read` })
      wrong.add(meant.field)
      continue
    }
    const one = readValue(schema, meant.read(value))
    if (isEmpty(one)) continue
    const earlier = read.get(meant.field)
    if (earlier !== undefined && JSON.stringify(earlier.value) !== JSON.stringify(one)) {
      problems.push({ field: nameFor(word), message: `contradicts ${nameFor(earlier.word)}; give only one of them` })
      wrong.add(meant.field)
    } else read.set(meant.field, { word, value: one })
  }
  const nameOf = (field: string): string => {
    const word = read.get(field)?.word ?? field
    return word === field ? faceName(request, field) : word
  }
  const asked = Object.fromEntries([...read].map(([field, { value }]) => [field, value]))
  const bounded = isLenient ? withinBounds(request.input, asked, nameOf) : { input: asked, notes: [] }
  const parsed = request.input.safeParse(bounded.input)
  for (const issue of parsed.error?.issues ?? []) if (issue.path[0] !== undefined) wrong.add(String(issue.path[0]))
  // What was not read is not missing.
  const ofForm = inputProblems(isWhole ? (parsed.error?.issues ?? []) : [], asked).map((problem) => ({
    ...problem,
    field: renamed(problem.field, nameOf)
  }))
  const ofWords = unknown.map((word) => unknownField(request, word, faceName))
  const isForgiven = isLenient && ofForm.length + problems.length === 0 && unknown.length <= mostProblems
  const all = isForgiven ? [] : [...ofForm, ...problems, ...ofWords].slice(0, mostProblems)
  return {
    input: parsed.success && all.length === 0 ? parsed.data : undefined,
    fields: Object.fromEntries(Object.entries(bounded.input).filter(([field]) => !wrong.has(field))),
    problems: all,
    wrong,
    hasFields: true,
    notes: [
      ...(dropped.length === 0 ? [] : [`ignored what the chat app adds: ${dropped.join(", ")}`]),
      ...(isForgiven ? ofWords.map(({ field, message }) => `ignored ${field}: it ${message}`) : []),
      ...bounded.notes
    ],
    nameOf
  }
}

const notAnObject = <Input extends z.ZodObject>(): ReadRequest<Input> => ({
  input: undefined,
  fields: {},
  problems: [{ field: "arguments", message: "must be an object with named fields" }],
  wrong: new Set(),
  hasFields: false,
  notes: [],
  nameOf: (field) => field
})

/** A caller's word in a message. */
const nameFor = (word: string): string => sanitizeText(word, 80)

/** The field of a request that a word means, if any. */
export const fieldMeant = (request: Pick<Request, "input" | "aliases">, word: string): string | undefined =>
  fieldFinder(request)(word)?.field

const secretName = /(api|access|secret)[_-]?key|secret|password|bearer/i

const unknownField = (request: Readable, word: string, faceName: NameOf): Problem => {
  const field = nameFor(word)
  const reason = Object.entries(request.refused).find(([name]) => isSameName(name, word))?.[1]
  if (reason !== undefined) {
    return { field, message: fillNames(reason, (other) => faceName(request, other)) }
  }
  if (secretName.test(field)) {
    return {
      field,
      message: `is not a setting: set keys in the environment (${variableOf("apiKey")}), never in a call; revoke a key that appeared in a chat`
    }
  }
  const names = Object.keys(request.input.shape).map((name) => faceName(request, name))
  const near = closestMatch(word, names)
  const hint =
    names.length === 0
      ? "it takes none"
      : near === undefined
        ? `the settings are: ${names.join(", ")}`
        : `did you mean ${near}?`
  const message = `is not a setting of ${request.id}; ${hint}`
  return near === undefined ? { field, message } : { field, message, nearest: near }
}
