import type { TaskOutput } from "@klingkit/core"
import { Effect, type FileSystem, type Path } from "effect"
import { type FetchFailure, failure } from "./fetch-failure.ts"
import type { FetchPolicy } from "./fetch-policy.ts"
import type { FetchProgress } from "./fetch-to-file.ts"
import type { FileExists } from "./file-exists.ts"
import { FileHost } from "./file-host.ts"
import type { RecordedFile } from "./kept-file.ts"
import { nameProblem } from "./name-problem.ts"
import { defaultTemplate, fillTemplate, type NameFacts, templateProblem } from "./name-template.ts"
import { type ResultToSave, type SavedFile, saveResult } from "./save-result.ts"

export interface ResultsToSave {
  readonly handle: string
  readonly outputs: ReadonlyArray<TaskOutput>
  readonly policy: FetchPolicy
  /** The folder that the user chose; created if absent. */
  readonly root: string
  /** For a task with one result: the exact file name, without a path. */
  readonly fileName?: string | undefined
  /** Names the files below the root: `{date}/{model}-{handle}`; defaults to the handle. */
  readonly nameTemplate?: string | undefined
  readonly nameFacts: NameFacts
  /** How many results the task is to have in all, where fewer are shown so far: names do not depend on that. */
  readonly expectedCount?: number | undefined
  /** What was saved of this task before. */
  readonly recorded: ReadonlyArray<RecordedFile>
  readonly overwrite: boolean
  /** The content of each file's `.json` sidecar. */
  readonly sidecarFor: (file: SavedFile) => string
  readonly onProgress: (progress: FetchProgress & { readonly index: number }) => Effect.Effect<void>
  /** Called with each file as soon as it is saved, or found to be. */
  readonly onSaved: (file: SavedFile) => Effect.Effect<void>
}

type Saving<A> = Effect.Effect<A, FetchFailure | FileExists, FileHost | FileSystem.FileSystem | Path.Path>

/** Fetches and saves all files of a task's outputs, one after the other as `saveOne` does it; none if it has no files. */
export const saveResults = Effect.fnUntraced(function* (
  {
    handle,
    outputs,
    policy,
    root,
    fileName,
    nameTemplate = defaultTemplate,
    nameFacts,
    expectedCount = 0,
    recorded,
    overwrite,
    sidecarFor,
    onProgress,
    onSaved
  }: ResultsToSave,
  saveOne: (result: ResultToSave) => Saving<SavedFile> = saveResult
): Effect.fn.Return<ReadonlyArray<SavedFile>, FetchFailure | FileExists, FileHost | FileSystem.FileSystem | Path.Path> {
  const results = outputs.flatMap((output) =>
    output.type === "element" || output.url === undefined
      ? []
      : [{ type: output.type, url: output.url, ...(output.type === "file" ? { textKind: output.kind } : {}) }]
  )
  if (results.length === 0) return []
  const count = Math.max(results.length, expectedCount)
  const exactName = count === 1 ? fileName : undefined
  const problem = exactName === undefined ? templateProblem(nameTemplate) : nameProblem(exactName)
  if (problem !== undefined) return yield* Effect.fail(failure(problem, false))
  const { connect } = yield* FileHost
  return yield* Effect.scoped(
    Effect.flatMap(connect(policy), (http) =>
      Effect.forEach(results, (result, index) => {
        const pathFor = (extension: string) =>
          exactName === undefined
            ? fillTemplate(nameTemplate, nameFacts, { index, count, extension })
            : { folders: [], name: exactName }
        return saveOne({
          ...result,
          handle,
          index,
          http,
          policy,
          root,
          folders: pathFor("").folders,
          nameFor: (extension) => pathFor(extension).name,
          recorded,
          overwrite,
          sidecarFor,
          onProgress: (progress) => onProgress({ ...progress, index })
        }).pipe(Effect.tap(onSaved))
      })
    )
  )
})
