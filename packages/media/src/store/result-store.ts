import { Effect, type FileSystem, type Path } from "effect"
import type { FetchFailure } from "../files/fetch-failure.ts"
import type { FileExists } from "../files/file-exists.ts"
import type { FileHost } from "../files/file-host.ts"
import { type ResultsToSave, saveResults } from "../files/save-results.ts"
import type { SavedFile } from "../files/save-result.ts"
import type { StoredLink } from "./media-store.ts"

/** Where the results of a caller are kept once they are fetched from Kling. */
export interface ResultStore {
  /** Fetches and saves all files of a task's outputs; none if it has no files. What is kept already is not fetched again. */
  readonly save: (
    results: ResultsToSave
  ) => Effect.Effect<ReadonlyArray<SavedFile>, FetchFailure | FileExists, FileHost | FileSystem.FileSystem | Path.Path>
  /** A link to a file of this caller, by its recorded path; nothing where the path alone is enough, or is another's. */
  readonly linkTo: (path: string) => Effect.Effect<ResultLink | undefined>
  /** The media reference that a link of this caller stands for: `kk-img-...#2`; nothing for other URLs. */
  readonly referenceOf: (link: string) => string | undefined
}

export interface ResultLink extends StoredLink {
  /** Which of the files of its task, from 0. */
  readonly index: number
}

/** Folders on this machine. */
export const resultsOnDisk: ResultStore = {
  save: (results) => saveResults(results),
  linkTo: () => Effect.succeed(undefined),
  referenceOf: () => undefined
}
