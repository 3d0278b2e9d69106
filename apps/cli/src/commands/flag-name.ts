import { invalidInput, KlingError } from "@klingkit/core"
import { Effect, Option } from "effect"

/** The flag of a request's field: `lastImage` is `--last-image`; a unit in the name goes, `durationSeconds` is `--duration`. */
export const flagName = (field: string): string =>
  field.replace(/Seconds$/, "").replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Says of each wrong field which flag it came from. `fields` are those that have a flag; `prompt` is an argument. */
export const namingFlags =
  (fields: ReadonlyArray<string>) =>
  <A, E, R>(effect: Effect.Effect<A, E | KlingError, R>): Effect.Effect<A, E | KlingError, R> =>
    Effect.mapError(effect, (error) => {
      if (!(error instanceof KlingError) || error.reason._tag !== "InvalidInput") return error
      const problems = error.reason.problems.map(({ field, message }) => ({ field: shown(field, fields), message }))
      return invalidInput(problems, error.operation)
    })

const shown = (field: string, fields: ReadonlyArray<string>): string => {
  const [name = field] = /^\w+/.exec(field) ?? []
  return name === "prompt" ? "<prompt>" : fields.includes(name) ? `--${flagName(name)}` : field
}

type Given<Flags> = { readonly [K in keyof Flags]?: Flags[K] extends Option.Option<infer A> ? A : Flags[K] }

/** The flags that were given, by field. */
export const given = <Flags extends Readonly<Record<string, Option.Option<unknown>>>>(flags: Flags): Given<Flags> =>
  Object.fromEntries(
    Object.entries(flags).flatMap(([field, value]) => (Option.isSome(value) ? [[field, value.value]] : []))
  ) as Given<Flags>
