import { fillNames, numberOf } from "@klingkit/core/internal"
import { type AnyRequest, type FieldView, kebabName, viewOfField } from "@klingkit/core/requests"
import { Effect, Option } from "effect"
import { Argument, CliError, Flag } from "effect/cli"
import { flagOf } from "./plan-given.ts"

type RequestFlag = Flag.Flag<Option.Option<unknown>>

/** The field that a command takes as its argument: what is made, in quotes, or what is deleted. */
export const argumentField = ({ input: { shape }, result }: AnyRequest): string | undefined =>
  result === "deleted" ? Object.keys(shape)[0] : ["prompt", "text"].find((field) => field in shape)

const aboutArguments: Readonly<Record<string, string>> = {
  prompt: "what is to be made, in quotes; - for standard input, @prompt.txt for a text file",
  text: "what is to be spoken, in quotes; - for standard input, @text.txt for a text file"
}

/** Whether an argument is words of the user's, and not an id. */
export const isTextArgument = (field: string): boolean => field in aboutArguments

/** One flag per field of a request; the field's own description is its help. */
export const requestFlags = (request: AnyRequest): Readonly<Record<string, RequestFlag>> =>
  Object.fromEntries(
    Object.entries(request.input.shape)
      .filter(([field]) => field !== argumentField(request))
      .map(([field, schema]) => [field, flagOfField(request, field, schema)])
  )

const flagOfField = (request: AnyRequest, field: string, schema: unknown): RequestFlag => {
  const view = viewOfField(schema)
  const name = kebabName(field)
  const about = fillNames(view.description, (other) => flagOf(request, other))
  // A switch that is not set leaves the choice to Kling; `--no-watermark` turns it off.
  if (view.kind === "boolean") return Flag.Boolean(name).pipe(Flag.withDescription(about), Flag.optional)
  if (view.kind === "list") {
    const flag = Flag.String(name)
    // Each names one shot: `--shot "a fox wakes|3" --shot "it runs|2"`.
    return (view.entry === undefined ? flag : Flag.withAlias(flag, name.replace(/s$/, ""))).pipe(
      Flag.withMetavar(metavar(field, view)),
      Flag.withDescription(`${about}${about === "" ? "" : "; "}repeatable`),
      Flag.atLeast(0),
      Flag.map((values) => (values.length === 0 ? Option.none() : Option.some(values)))
    )
  }
  const listed = view.values.length > 4 ? `${about}; ${view.values.join(", ")}` : about
  const flag = Flag.String(name).pipe(Flag.withMetavar(metavar(field, view)), Flag.withDescription(listed))
  return view.kind === "number" ? flag.pipe(Flag.mapEffect(readNumber(name)), Flag.optional) : Flag.optional(flag)
}

const metavar = (field: string, { kind, media, values, entry }: FieldView): string => {
  if (entry !== undefined) return "text|seconds"
  if (media !== undefined) return media === "video" ? "url|task" : "file|url"
  if (field.endsWith("Seconds")) return "seconds"
  if (kind === "number") return "number"
  return values.length > 0 && values.length <= 4 ? values.join("|") : "text"
}

/** Any number, as tools read it: the planner checks it against the model and names the closest valid value. */
const readNumber = (option: string) => (value: string) => {
  const number = numberOf(value)
  return number === undefined
    ? Effect.fail(new CliError.InvalidValue({ option, value, expected: "must be a number", kind: "flag" }))
    : Effect.succeed(number)
}

/** The prompt or the text to speak, where a blank one counts as absent; or the id of what is deleted. */
export const requestArgument = (field: string) => {
  const argument = Argument.String(kebabName(field)).pipe(
    Argument.withDescription(aboutArguments[field] ?? "as the list shows it")
  )
  return isTextArgument(field)
    ? argument.pipe(
        Argument.optional,
        Argument.map(Option.flatMap((value) => (value.trim() === "" ? Option.none() : Option.some(value))))
      )
    : Argument.map(argument, Option.some)
}
