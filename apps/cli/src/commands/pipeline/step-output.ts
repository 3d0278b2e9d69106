import { JobError, type QuotedStep } from "@klingkit/jobs"
import { safeFileName } from "@klingkit/jobs/internal"
import { Cause, Effect, FileSystem, Option, Path } from "effect"
import { folders } from "../../connection.ts"
import { CommandError, failureOf, usageError } from "../../output/failure.ts"
import { type Destination, destinationBefore } from "../destination.ts"

/** A step whose results are saved, as far as it decides their names. */
export type StepToSave = Pick<QuotedStep, "id" | "isResult" | "handle" | "files">

/** Where each step's files are saved, by the id of the step. */
export type StepDestinations = ReadonlyMap<string, Destination>

interface SaveFlags {
  readonly output: Option.Option<string>
  readonly force: boolean
  /** Only these are saved, under the names that they have among all. */
  readonly only?: ReadonlyArray<string>
  /** The steps are those of a file, each named by the user. */
  readonly isNamedByUser: boolean
}

/**
 * Where the files of each step go, decided before anything is paid. A name that several steps would share gets `-{step}`,
 * and in a folder each file has the name of its step. A file that is there already is refused, unless it is the step's own.
 */
export const stepDestinations = Effect.fnUntraced(function* (
  steps: ReadonlyArray<StepToSave>,
  { output, force, only, isNamedByUser }: SaveFlags
) {
  const config = yield* folders
  const results = steps.filter(({ isResult }) => isResult)
  const count = results.length
  const nameTemplate = config.nameTemplate ?? (isNamedByUser || count > 1 ? "{step}" : "{handle}")
  const saved = results.flatMap((step, index) => (only?.includes(step.id) === false ? [] : [{ step, index }]))
  const destinations = yield* Effect.forEach(saved, ({ step, index }) =>
    Effect.gen(function* () {
      const own = Option.map(output, (target) => outputOfStep(target, step.id, { index, count, nameTemplate }))
      const destination = yield* destinationBefore({ output: own, force: true, count: 1 })
      if (!force) yield* refuseExisting(step, destination)
      return [step.id, destination] as const
    })
  )
  const names = destinations.map(([id, { folder, ...name }]) => ({
    id,
    name: `${folder}/${name.fileName ?? name.nameTemplate}`.toLowerCase()
  }))
  const shared = names.find(({ name }, index) => names.findIndex((other) => other.name === name) !== index)
  if (shared !== undefined && Option.isSome(output)) {
    return yield* usageError([
      { field: "--output", message: `gives the files of step ${shared.id} the name of another; use {step} in the name` }
    ])
  }
  return new Map(destinations)
})

const fileType = /\.(mp4|mov|webm|png|jpe?g|webp|gif|mp3|wav|aac|\{ext\})$/i

interface StepPosition {
  /** Among the steps that have results, from 0. */
  readonly index: number
  readonly count: number
  /** Names files in a folder. */
  readonly nameTemplate: string
}

/** The `--output` of one step: a name with all parts but those that only the file decides. */
export const outputOfStep = (output: string, step: string, { index, count, nameTemplate }: StepPosition): string => {
  const isName = output.includes("{") || fileType.test(output)
  if (count === 1 && isName && !/\{(step|id)\}/.test(output)) return output
  const target = isName ? output : `${output.replace(/[/\\]+$/, "")}/${nameTemplate}`
  const isNamed = /\{(step|id|index)\}/.test(target)
  const stem = target.replace(fileType, "")
  const named = isNamed || count === 1 ? stem : `${stem}-{step}`
  // The format is known once the file is: a still beside videos is a PNG.
  const values: Readonly<Record<string, string>> = {
    step: nameOfStep(step),
    id: nameOfStep(step),
    index: `${index + 1}`
  }
  return `${named.replaceAll(/\{(step|id|index)\}/g, (_, name: string) => values[name] ?? "")}.{ext}`
}

/** A step's id as a part of a file name: without placeholders or folders. */
const nameOfStep = (step: string): string => safeFileName(step.replaceAll(/[{}]/g, "-"))

/** Whether a step's files are at this destination; several have numbers. Undefined where facts of the task name them. */
const namesFile = (path: Path.Path, { folder, fileName, nameTemplate }: Destination) => {
  if (fileName !== undefined) return (file: string) => file === path.join(folder, fileName)
  if (nameTemplate === undefined || /\{(?!ext\})/.test(nameTemplate)) return undefined
  const stem = path.join(folder, nameTemplate.replace(/\.\{ext\}$/, ""))
  return (file: string) => {
    const own = file.slice(0, file.length - path.extname(file).length)
    return own === stem || own.replace(/-\d+$/, "") === stem
  }
}

/** The files of a step that are where they should be. */
const filesInPlace = Effect.fnUntraced(function* ({ files = [] }: Pick<StepToSave, "files">, destination: Destination) {
  const fs = yield* FileSystem.FileSystem
  const isNamed = namesFile(yield* Path.Path, destination) ?? (() => false)
  return yield* Effect.filter(files, (file) =>
    isNamed(file.path)
      ? Effect.match(fs.stat(file.path), {
          onFailure: () => false,
          onSuccess: ({ size }) => Number(size) === file.bytes
        })
      : Effect.succeed(false)
  )
})

const extensions = ["mp4", "webm", "mov", "png", "jpg", "webp", "gif", "mp3", "wav", "aac"]

const refuseExisting = Effect.fnUntraced(function* (step: StepToSave, destination: Destination) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { folder, fileName, nameTemplate = "{}" } = destination
  if ((yield* filesInPlace(step, destination)).length > 0) return
  const names =
    fileName === undefined ? extensions.map((extension) => nameTemplate.replace("{ext}", () => extension)) : [fileName]
  for (const file of names.map((name) => path.join(folder, name)).filter((name) => !name.includes("{"))) {
    if (yield* Effect.orElseSucceed(fs.exists(file), () => false)) {
      return yield* notSent(new JobError({ reason: { _tag: "FileExists", path: file } }))
    }
  }
})

/** Nothing is charged for what is refused before it is paid. */
const notSent = (error: JobError): CommandError => {
  const failure = failureOf(Cause.fail(error))
  return new CommandError({
    failure: { ...failure, suggestion: `${failure.suggestion}; nothing was sent`, charged: "no" }
  })
}
