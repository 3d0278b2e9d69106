import { invalidInput, type KlingError, closestMatch, type Problem } from "@klingkit/core"
import { Effect, Predicate } from "effect"
import type * as z from "zod"

/** Earlier names of arguments: still accepted, no longer listed. */
const renamedArguments: Readonly<Record<string, string>> = { allow_repeat: "allow_duplicate" }

/**
 * Runs `run` with validated arguments, or fails with one problem per invalid argument. `null` counts as absent: some
 * hosts send it for each argument that the model leaves out.
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
  const input = currentNames(
    Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== null)),
    schema
  )
  const parsed = schema.safeParse(input)
  return parsed.success
    ? run(parsed.data)
    : Effect.fail(invalidInput(problemsOf(parsed.error.issues, input, Object.keys(schema.shape), refused)))
}

/** Arguments under their current names; one that is given under both is refused as unknown. */
const currentNames = (
  args: Readonly<Record<string, unknown>>,
  { shape }: z.ZodObject
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const current = Object.hasOwn(renamedArguments, name) ? renamedArguments[name] : undefined
      return [current !== undefined && current in shape && !(current in args) ? current : name, value]
    })
  )

type Issue = z.core.$ZodIssue

const problemsOf = (
  issues: ReadonlyArray<Issue>,
  input: Readonly<Record<string, unknown>>,
  names: ReadonlyArray<string>,
  refused: Readonly<Record<string, string>>
): ReadonlyArray<Problem> =>
  issues.flatMap((issue): ReadonlyArray<Problem> => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((field) => unknownArgument(field, names, refused))
    const field = issue.path.map(String).join(".")
    return [{ field, message: messageOf(issue, input[String(issue.path[0])]) }]
  })

const unknownArgument = (
  field: string,
  names: ReadonlyArray<string>,
  refused: Readonly<Record<string, string>>
): Problem => {
  const reason = Object.hasOwn(refused, field) ? refused[field] : undefined
  if (reason !== undefined) return { field, message: reason }
  if (secretName.test(field)) return { field: field.slice(0, 80), message: secretAdvice }
  const near = closestMatch(field, names)
  const hint = near === undefined ? `the arguments are: ${names.join(", ")}` : `did you mean ${near}?`
  return { field: field.slice(0, 80), message: `is not an argument of this tool; ${hint}` }
}

const secretName = /(api|access|secret)[_-]?key|secret|password|bearer/i
const secretAdvice =
  "is not an argument: set keys in this server's environment (KLINGAI_API_KEY), never in a call; revoke a key that appeared in a chat"

const messageOf = (issue: Issue, value: unknown): string => {
  switch (issue.code) {
    case "invalid_type":
      return value === undefined ? "is required" : `must be ${article(issue.expected)}`
    case "invalid_value": {
      const values = issue.values.map(String)
      const near = typeof value === "string" ? closestMatch(value, values) : undefined
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
  type === "int" ? "an integer" : type === "boolean" ? "a boolean" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
