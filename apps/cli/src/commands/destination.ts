import { JobError, templateProblem } from "@klingkit/jobs"
import { Cause, Effect, FileSystem, Option, Path } from "effect"
import { folders } from "../connection.ts"
import { CommandError, failureOf, usageError } from "../output/failure.ts"

/** Where results go: `folder` is absolute and exists; below it they are named by the template, or by the one name. */
export interface Destination {
  readonly folder: string
  readonly fileName?: string
  readonly nameTemplate?: string
}

const mediaName = /\.(mp4|mov|webm|png|jpe?g|webp|gif|mp3|wav|aac)$/i

/** Settles where results go before anything is paid: the folder is made, and a file in the way is found now. */
export const destinationOf = Effect.fnUntraced(function* (options: {
  readonly output: Option.Option<string>
  readonly force: boolean
  /** How many results are expected. */
  readonly count: number
}) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const config = yield* folders
  const destination = Option.match(options.output, {
    onNone: (): Destination => ({ folder: config.outputDir }),
    onSome: (output): Destination => {
      const target = path.resolve(output)
      if (output.includes("{")) return templateIn(target, path.sep)
      return mediaName.test(output)
        ? { folder: path.dirname(target), fileName: path.basename(target) }
        : { folder: target }
    }
  })
  const { folder, fileName, nameTemplate = config.nameTemplate } = destination
  const wrong = nameTemplate === undefined ? undefined : templateProblem(nameTemplate)
  if (fileName === undefined && wrong !== undefined) {
    const field = destination.nameTemplate === undefined ? "KLINGKIT_FILE_NAME" : "--output"
    return yield* usageError([{ field, message: wrong }])
  }
  if (fileName !== undefined && options.count > 1) {
    return yield* usageError([
      { field: "--output", message: `names one file, but there will be ${options.count}; name a folder` }
    ])
  }
  yield* fs.makeDirectory(folder, { recursive: true }).pipe(
    Effect.mapError(
      (error) =>
        new JobError({
          reason: { _tag: "FileRefused", path: folder, detail: `cannot be a folder: ${error.reason._tag}` }
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

/** The same for a command that is about to pay: what stands in the way of the files is found before anything is sent. */
export const destinationBefore = (options: Parameters<typeof destinationOf>[0]) =>
  Effect.mapError(destinationOf(options), (error) => {
    const failure = failureOf(Cause.fail(error))
    const suggestion = failure.charged === "no" ? failure.suggestion : `${failure.suggestion}; nothing was sent`
    return new CommandError({ failure: { ...failure, suggestion, charged: "no" } })
  })

/** `/films/{date}/{handle}`: the folder is what stands before the first part with a placeholder. */
const templateIn = (target: string, separator: string): Destination => {
  const parts = target.split(separator)
  const first = parts.findIndex((part) => part.includes("{"))
  const folder = parts.slice(0, first).join(separator)
  return { folder: folder === "" ? separator : folder, nameTemplate: parts.slice(first).join("/") }
}
