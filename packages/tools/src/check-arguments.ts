import { invalidInput, type KlingError, nearestWord, type Problem } from "@klingkit/core"
import { Effect, Predicate } from "effect"
import type * as z from "zod"

/**
 * Runs `run` with checked arguments, or fails naming every argument that is wrong. A `null` counts as not given:
 * some hosts send one for each argument that a model leaves out.
 */
export const checkArguments = <Input extends z.ZodObject, A, E, R>(
  schema: Input,
  refused: Readonly<Record<string, string>>,
  args: unknown,
  run: (input: z.output<Input>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | KlingError, R> => {
  if (args !== undefined && (!Predicate.isObject(args) || Array.isArray(args))) {
    return Effect.fail(invalidInput([{ field: "arguments", message: "must be an object with named fields" }]))
  }
  const given = Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== null))
  const parsed = schema.safeParse(given)
  return parsed.success
    ? run(parsed.data)
    : Effect.fail(invalidInput(problemsOf(parsed.error.issues, given, Object.keys(schema.shape), refused)))
}

type Issue = z.core.$ZodIssue

const problemsOf = (
  issues: ReadonlyArray<Issue>,
  given: Readonly<Record<string, unknown>>,
  names: ReadonlyArray<string>,
  refused: Readonly<Record<string, string>>
): ReadonlyArray<Problem> =>
  issues.flatMap((issue): ReadonlyArray<Problem> => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((field) => unknownArgument(field, names, refused))
    const field = issue.path.map(String).join(".")
    return [{ field, message: wordsFor(issue, given[String(issue.path[0])]) }]
  })

const unknownArgument = (
  field: string,
  names: ReadonlyArray<string>,
  refused: Readonly<Record<string, string>>
): Problem => {
  const reason = Object.hasOwn(refused, field) ? refused[field] : undefined
  if (reason !== undefined) return { field, message: reason }
  if (secretName.test(field)) return { field: field.slice(0, 80), message: secretAdvice }
  const near = nearestWord(field, names)
  const hint = near === undefined ? `the arguments are: ${names.join(", ")}` : `did you mean ${near}?`
  return { field: field.slice(0, 80), message: `is not an argument of this tool; ${hint}` }
}

const secretName = /(api|access|secret)[_-]?key|secret|password|bearer/i
const secretAdvice =
  "is no argument: keys belong in the environment of this server (KLINGAI_API_KEY), never in a call; replace a key that has stood in a chat"

const wordsFor = (issue: Issue, given: unknown): string => {
  switch (issue.code) {
    case "invalid_type":
      return given === undefined ? "is required" : `must be ${article(issue.expected)}`
    case "invalid_value": {
      const values = issue.values.map(String)
      const near = typeof given === "string" ? nearestWord(given, values) : undefined
      return `must be one of ${values.join(", ")}${near === undefined ? "" : `; nearest: ${near}`}`
    }
    case "too_big":
      if (issue.origin === "array") return `has too many entries: at most ${issue.maximum}`
      return `${issue.origin === "string" ? "is too long: at most" : "must be at most"} ${issue.maximum}`
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? "must not be empty"
        : `must be at least ${issue.minimum}`
    default:
      return issue.message
  }
}

const article = (type: string): string =>
  type === "int"
    ? "a whole number"
    : type === "boolean"
      ? "true or false"
      : /^[aeiou]/.test(type)
        ? `an ${type}`
        : `a ${type}`
