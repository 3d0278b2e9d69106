import { JobError } from "@klingkit/jobs"
import { checkDestinations, type Destination as PlannedDestination, type NameFacts } from "@klingkit/jobs/internal"
import { Cause, Effect, FileSystem, Option, Path } from "effect"
import { folders } from "../connection.ts"
import { CommandError, failureOf, usageError } from "../output/failure.ts"

/** Where results are saved: `folder` is absolute and exists; the file name or the template names files below it. */
export interface Destination {
  readonly folder: string
  readonly fileName?: string
  readonly nameTemplate?: string
}

/** What decides where the results of one request are saved. */
export interface DestinationOptions {
  readonly output: Option.Option<string>
  readonly force: boolean
  /** How many results are expected. */
  readonly count: number
  /** What is known of the names before the request is sent. */
  readonly facts?: Partial<NameFacts>
  /** The result may be an answer without files, which is saved as JSON. */
  readonly mayBeAnswer?: boolean
  /** What the problems are about; `--output` when absent. */
  readonly field?: string
  /** Whose problems those of a template are; the field when absent. */
  readonly templateField?: string
  /** Follows the stem of a file name, so that another take is another file. */
  readonly suffix?: string
  /** Names the files where neither the output nor the settings do. */
  readonly defaultTemplate?: string
}

const mediaName = /\.(mp4|mov|webm|png|jpe?g|webp|gif|mp3|wav|aac)$/i

/** What an output means: a name built from placeholders, a file, or a folder. Looks at no disk. */
export const readDestination = Effect.fnUntraced(function* (
  options: Pick<DestinationOptions, "output" | "mayBeAnswer" | "defaultTemplate" | "suffix">
) {
  const path = yield* Path.Path
  const config = yield* folders
  const template = config.nameTemplate ?? options.defaultTemplate
  const inFolder = (folder: string): Destination => ({
    folder,
    ...(template === undefined ? {} : { nameTemplate: template })
  })
  return Option.match(options.output, {
    onNone: () => inFolder(config.outputDir),
    onSome: (output): Destination => {
      const target = path.resolve(output)
      if (output.includes("{")) return splitTemplate(target, path.sep)
      const isFile = mediaName.test(output) || (options.mayBeAnswer === true && /\.json$/i.test(output))
      if (!isFile) return inFolder(target)
      const { dir, name, ext } = path.parse(target)
      return { folder: dir, fileName: `${name}${options.suffix ?? ""}${ext}` }
    }
  })
})

/** Fails with everything that would keep results from being saved, before they are paid for. Creates nothing. */
export const requireDestinations = Effect.fnUntraced(function* (requests: ReadonlyArray<DestinationOptions>) {
  const config = yield* folders
  const streams = requests.filter(({ output }) => Option.contains(output, "-"))
  const planned = yield* Effect.forEach(requests, (options) =>
    Effect.map(readDestination(options), (destination): PlannedDestination => {
      const { field = fieldOf(options), templateField = field, count, facts = {}, force, mayBeAnswer } = options
      const isSetting = destination.nameTemplate !== undefined && destination.nameTemplate === config.nameTemplate
      return {
        ...destination,
        field,
        templateField: isSetting ? "KLINGKIT_FILE_NAME" : templateField,
        count,
        facts,
        mayBeAnswer: mayBeAnswer === true,
        overwrite: force
      }
    })
  )
  const problems = [
    ...streams.map(({ field = "--output" }) => ({ field, message: "cannot be -: results are saved in files only" })),
    ...(yield* checkDestinations(planned))
  ]
  const [first, ...others] = problems
  if (first === undefined) return
  // Alone it has a code of its own, and the flag that helps.
  if ("existing" in first && first.existing !== undefined && others.length === 0 && requests.length === 1) {
    return yield* new JobError({ reason: { _tag: "FileExists", path: first.existing } })
  }
  return yield* usageError(problems.map(({ field, message }) => ({ field, message })))
})

/** What chooses the folder. */
const fieldOf = ({ output }: DestinationOptions): string => (Option.isNone(output) ? "KLINGKIT_OUTPUT_DIR" : "--output")

/** Resolves the destination before anything is paid: checks it and creates the folder. */
export const destinationOf = Effect.fnUntraced(function* (options: DestinationOptions) {
  yield* requireDestinations([options])
  const destination = yield* readDestination(options)
  yield* createFolder(destination.folder, options.field ?? fieldOf(options))
  return destination
})

export const createFolder = Effect.fnUntraced(function* (folder: string, field = "--output") {
  const fs = yield* FileSystem.FileSystem
  yield* fs
    .makeDirectory(folder, { recursive: true })
    .pipe(
      Effect.mapError(({ reason }) =>
        usageError([{ field, message: `cannot be the folder ${folder}: it cannot be created (${reason._tag})` }])
      )
    )
})

/** The same for a command that is about to pay: its failures say that nothing was sent. */
export const destinationBefore = (options: DestinationOptions) => beforePaying(destinationOf(options))

/** A failure before anything is paid says so. */
export const beforePaying = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, CommandError, R> =>
  Effect.mapError(effect, (error) => {
    const failure = failureOf(Cause.fail(error))
    const suggestion = failure.charged === "no" ? failure.suggestion : `${failure.suggestion}; nothing was sent`
    return new CommandError({ failure: { ...failure, suggestion, charged: "no" } })
  })

/** `/videos/{date}/{handle}`: the folder ends before the first part with a placeholder. */
const splitTemplate = (target: string, separator: string): Destination => {
  const parts = target.split(separator)
  const first = parts.findIndex((part) => part.includes("{"))
  const folder = parts.slice(0, first).join(separator)
  return { folder: folder === "" ? separator : folder, nameTemplate: parts.slice(first).join("/") }
}
