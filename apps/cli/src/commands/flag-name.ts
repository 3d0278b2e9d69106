import { invalidInput, KlingError } from "@klingkit/core"
import { Effect, Option } from "effect"

/** The flag of a request field: `lastImage` is `last-image`, and `durationSeconds` is `duration` without the unit. */
export const flagName = (field: string): string =>
  field.replace(/Seconds$/, "").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Maps the fields of input problems to the flags they came from. `fields` have a flag; `prompt` is an argument. */
export const withFlagNames =
  (fields: ReadonlyArray<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E | KlingError, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) => {
      if (!(error instanceof KlingError) || error.reason._tag !== "InvalidInput") return error
      const problems = error.reason.problems.map(({ field, message }) => ({
        field: displayName(field, fields),
        message
      }))
      return invalidInput(problems, error.operation)
    })

const displayName = (field: string, fields: ReadonlyArray<string>): string => {
  const [name = field] = /^\w+/.exec(field) ?? []
  return name === "prompt" ? "<prompt>" : fields.includes(name) ? `--${flagName(name)}` : field
}

type Defined<Flags> = { readonly [K in keyof Flags]?: Flags[K] extends Option.Option<infer A> ? A : Flags[K] }

/** The flags that were set, by field. */
export const definedFlags = <Flags extends Readonly<Record<string, Option.Option<unknown>>>>(
  flags: Flags
): Defined<Flags> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([field, value]) => (Option.isSome(value) ? [[field, value.value]] : []))
  ) as Defined<Flags>
