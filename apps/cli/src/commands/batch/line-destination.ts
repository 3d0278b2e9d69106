import { isPipeline } from "@klingkit/core/requests"
import { type NameFacts, plannedFacts } from "@klingkit/jobs/internal"
import { Effect, Option, Path } from "effect"
import { type Destination, type DestinationOptions, readDestination } from "../destination.ts"
import type { LineToRun } from "./find-lines.ts"

/** Where the results of a line are saved, and under which name. */
export interface LineDestination extends Destination {
  /** The line's own name, for `{id}`. */
  readonly id: string
  /** The user has named the files, not only their folder. */
  readonly isNamed: boolean
}

/** Lines have ids, or numbers in their place. */
export const defaultTemplate = "{id}.{ext}"

const media: ReadonlyArray<string> = ["video", "image", "audio"]

/** What decides where the results of a line are saved; none if they are not. */
export const lineOutput = Effect.fnUntraced(function* (
  { line, take, isPaidNow }: LineToRun,
  flags: { readonly output: Option.Option<string>; readonly force: boolean },
  isTakeNamed: boolean
) {
  const path = yield* Path.Path
  const { id, request, plan } = line
  const output = Option.match(line.output, {
    onNone: () => flags.output,
    onSome: (own) =>
      Option.some(Option.match(flags.output, { onNone: () => own, onSome: (base) => path.join(base, own) }))
  })
  const suffix = isTakeNamed && take > 1 ? `-take-${take}` : ""
  const facts: Partial<NameFacts> = {
    id: `${line.name}${suffix}`,
    ...(isPipeline(plan) ? {} : plannedFacts(plan))
  }
  const count = isPipeline(plan) ? 1 : plan.input["n"]
  const options: DestinationOptions = {
    output,
    // Only a new result can be in the way of an existing file before it is paid for.
    force: flags.force || !isPaidNow,
    count: typeof count === "number" ? count : 1,
    facts,
    suffix,
    mayBeAnswer: !media.includes(request.result),
    field: `line ${id}: ${Option.isSome(line.output) ? "output" : "--output"}`,
    defaultTemplate,
    ...(Option.isSome(line.output) ? {} : { templateField: "--output" })
  }
  return Option.map(output, () => options)
})

export const lineDestination = Effect.fnUntraced(function* (options: DestinationOptions) {
  const destination = yield* readDestination(options)
  const isTemplate = Option.exists(options.output, (output) => output.includes("{"))
  return {
    ...destination,
    id: options.facts?.id ?? "",
    isNamed: isTemplate || destination.fileName !== undefined
  } satisfies LineDestination
})
