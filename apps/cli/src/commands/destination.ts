import { JobError } from "@klingkit/jobs"
import { templateProblem } from "@klingkit/jobs/internal"
import { Cause, Effect, FileSystem, Option, Path } from "effect"
import { folders } from "../connection.ts"
import { CommandError, failureOf, usageError } from "../output/failure.ts"

/** Where results are saved: `folder` is absolute and exists; the file name or the template names files below it. */
export interface Destination {
  readonly folder: string
  readonly fileName?: string
  readonly nameTemplate?: string
}

/** Each take under a name of its own: `boat.mp4` is `boat-2.mp4` for take 2. */
export const outputOfTake = (output: string, take: number): string =>
  output.includes("{") ? output : output.replace(mediaName, (extension) => `-${take}${extension}`)

const mediaName = /\.(mp4|mov|webm|png|jpe?g|webp|gif|mp3|wav|aac)$/i

/** Resolves the destination before anything is paid: creates the folder and checks for an existing file. */
export const destinationOf = Effect.fnUntraced(function* (options: {
  readonly output: Option.Option<string>
  readonly force: boolean
  /** How many results are expected. */
  readonly count: number
  /** One of several takes, whose files must differ in name. */
  readonly isTake?: boolean
}) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const config = yield* folders
  const destination = Option.match(options.output, {
    onNone: (): Destination => ({ folder: config.outputDir }),
    onSome: (output): Destination => {
      const target = path.resolve(output)
      if (output.includes("{")) return splitTemplate(target, path.sep)
      return mediaName.test(output)
        ? { folder: path.dirname(target), fileName: path.basename(target) }
        : { folder: target }
    }
  })
  const { folder, fileName, nameTemplate = config.nameTemplate } = destination
  const problem = nameTemplate === undefined ? undefined : templateProblem(nameTemplate)
  const templateField = destination.nameTemplate === undefined ? "KLINGKIT_FILE_NAME" : "--output"
  if (fileName === undefined && problem !== undefined) {
    return yield* usageError([{ field: templateField, message: problem }])
  }
  if (fileName === undefined && options.isTake === true && !/\{(handle|take)\}/.test(nameTemplate ?? "{handle}")) {
    return yield* usageError([{ field: templateField, message: "names all takes alike; add {take} or {handle}" }])
  }
  if (fileName !== undefined && options.count > 1) {
    return yield* usageError([
      { field: "--output", message: `is one file name, but ${options.count} files are expected; give a folder` }
    ])
  }
  yield* fs.makeDirectory(folder, { recursive: true }).pipe(
    Effect.mapError(
      (error) =>
        new JobError({
          reason: { _tag: "FileDenied", path: folder, detail: `cannot create this folder: ${error.reason._tag}` }
        })
    )
  )
  if (fileName !== undefined && !options.force) {
    const target = path.join(folder, fileName)
    const exists = yield* Effect.orElseSucceed(fs.exists(target), () => false)
    if (exists) return yield* new JobError({ reason: { _tag: "FileExists", path: target } })
  }
  return destination
})

/** The same for a command that is about to pay: its failures say that nothing was sent. */
export const destinationBefore = (options: Parameters<typeof destinationOf>[0]) =>
  Effect.mapError(destinationOf(options), (error) => {
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
