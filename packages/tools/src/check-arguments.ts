import type { KlingError, Problem } from "@klingkit/core"
import { closestMatch, invalidInput, variableOf } from "@klingkit/core/internal"
import { inputProblems } from "@klingkit/core/requests"
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

const problemsOf = (
  issues: ReadonlyArray<z.core.$ZodIssue>,
  input: Readonly<Record<string, unknown>>,
  names: ReadonlyArray<string>,
  refused: Readonly<Record<string, string>>
): ReadonlyArray<Problem> =>
  issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((field) => unknownArgument(field, names, refused))
      : inputProblems([issue], input)
  )

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
  return {
    field: field.slice(0, 80),
    message: `is not an argument of this tool; ${hint}`,
    ...(near === undefined ? {} : { nearest: near })
  }
}

const secretName = /(api|access|secret)[_-]?key|secret|password|bearer/i
const secretAdvice = `is not an argument: set keys in this server's environment (${variableOf("apiKey")}), never in a call; revoke a key that appeared in a chat`
