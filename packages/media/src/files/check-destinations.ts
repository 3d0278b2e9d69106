import type { Problem } from "@klingkit/core"
import { Effect, FileSystem, Path } from "effect"
import { extensions as mediaExtensions } from "../formats/detect-container.ts"
import { folderProblem } from "./folder-problem.ts"
import { nameProblem } from "./name-problem.ts"
import { defaultTemplate, fillTemplate, type NameFacts, templateProblem } from "./name-template.ts"

/** Where the results of a request will be saved, while it is not sent yet. */
export interface Destination {
  /** What its problems are about. */
  readonly field: string
  /** An absolute path; created later if absent. */
  readonly folder: string
  /** For one result: its exact name. Otherwise the template, by default that of the handle. */
  readonly fileName?: string
  readonly nameTemplate?: string
  /** Whose problems those of the template are; the field when absent. */
  readonly templateField?: string
  /** What is known of the names by now. */
  readonly facts: Partial<NameFacts>
  /** How many results are expected. */
  readonly count: number
  /** They may be an answer, saved as JSON. */
  readonly mayBeAnswer?: boolean
  readonly overwrite: boolean
}

/** `existing` is the file in the way, where that is the only problem. */
export interface DestinationProblem extends Problem {
  readonly existing?: string
}

/**
 * All reasons why results could not be saved, before they are paid for: templates and names that are not valid, folders that
 * cannot hold files, files that exist, and results that would get the same name. Creates nothing.
 */
export const checkDestinations = Effect.fnUntraced(function* (
  destinations: ReadonlyArray<Destination>
): Effect.fn.Return<ReadonlyArray<DestinationProblem>, never, FileSystem.FileSystem | Path.Path> {
  const problems: Array<DestinationProblem> = []
  const folders = new Map<string, string | undefined>()
  const takenBy = new Map<string, string>()
  for (const destination of destinations) {
    const { field, folder } = destination
    const naming = namingProblem(destination)
    if (naming !== undefined) {
      // One template of many requests is one problem.
      if (!problems.some((known) => known.field === naming.field && known.message === naming.message))
        problems.push(naming)
      continue
    }
    const known = folders.has(folder)
    const unusable = known ? folders.get(folder) : yield* folderProblem(folder)
    folders.set(folder, unusable)
    if (unusable !== undefined) {
      // One folder of many requests is one problem.
      if (!known) problems.push({ field, message: unusable })
      continue
    }
    const { paths, isCertain } = yield* pathsOf(destination)
    const clash = paths.map(foldCase).find((path) => takenBy.has(path))
    if (clash !== undefined) {
      problems.push({
        field,
        message: `would save under the same name as ${takenBy.get(clash)}: ${clash}; {handle} in a template tells them apart`
      })
    }
    for (const path of paths) takenBy.set(foldCase(path), field)
    const inTheWay = isCertain ? yield* firstInTheWay(paths, destination.overwrite) : undefined
    if (inTheWay !== undefined) problems.push({ field, ...inTheWay })
  }
  return problems
})

const namingProblem = (destination: Destination): Problem | undefined => {
  const { field, fileName, nameTemplate = defaultTemplate, templateField = field, count } = destination
  if (fileName === undefined) {
    const message = templateProblem(nameTemplate)
    return message === undefined ? undefined : { field: templateField, message }
  }
  if (count > 1) return { field, message: `is one file name, but ${count} files are expected; give a folder` }
  const message = nameProblem(fileName, destination.mayBeAnswer === true ? ["json"] : [])
  return message === undefined ? undefined : { field, message }
}

/** The names that the results may get; none if they depend on the handle. Those with a date or a time are not certain. */
const pathsOf = Effect.fnUntraced(function* (destination: Destination) {
  const path = yield* Path.Path
  const { folder, fileName, nameTemplate = defaultTemplate, facts, count } = destination
  if (fileName !== undefined) return { paths: [path.join(folder, fileName)], isCertain: true }
  const isUnknown = (name: keyof NameFacts) => nameTemplate.includes(`{${name}}`) && facts[name] === undefined
  if (isUnknown("handle") || isUnknown("id")) return { paths: [], isCertain: false }
  const names = Array.from({ length: count }, (_, index) =>
    [...mediaExtensions, ...(destination.mayBeAnswer === true ? ["json"] : [])].map((extension) => {
      const filled = fillTemplate(nameTemplate, { ...placeholderNames, ...facts }, { index, count, extension })
      return path.join(folder, ...filled.folders, filled.name)
    })
  )
  const isCertain = !(["date", "time", "model", "prompt", "take"] as const).some(isUnknown)
  return { paths: [...new Set(names.flat())], isCertain }
})

/** Requests that are sent together may well get the same date and time. */
const placeholderNames: NameFacts = {
  date: "date",
  time: "time",
  model: "model",
  prompt: "prompt",
  handle: "handle",
  take: "take",
  id: "id"
}

const firstInTheWay = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, overwrite: boolean) {
  const fs = yield* FileSystem.FileSystem
  for (const path of paths) {
    const info = yield* Effect.orElseSucceed(fs.stat(path), () => undefined)
    if (info?.type === "Directory") return { message: `cannot be the file ${path}: it is a folder` }
    if (info !== undefined && !overwrite) return { message: `${path} already exists`, existing: path }
  }
  return undefined
})

/** Many systems take names that differ only in upper and lower case for one. */
const foldCase = (path: string): string => path.normalize("NFC").toLowerCase()
