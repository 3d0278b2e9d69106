import { Effect, type FileSystem, type Path } from "effect"
import type { HttpClient } from "effect/http"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { FetchProgress } from "./fetch-to-file.ts"
import { refuseResultUrl } from "./result-url.ts"
import { type SavedFile, saveResult } from "./save-result.ts"
import { writeSidecar } from "./sidecar.ts"

export interface DownloadOptions {
  /** Absolute; the output folder when absent. */
  readonly folder?: string
  /** For a task with one result. */
  readonly fileName?: string
  readonly overwrite?: boolean
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => Effect.Effect<void>
}

interface Surroundings {
  readonly outputDir: string
  /** Kling is an emulator on this machine, and so are its files. */
  readonly klingIsLocal: boolean
}

/** Fetches all results of a finished job, each beside a `.json` that says where it came from. */
export const downloadJob = Effect.fn("Jobs.download")(function* (
  job: Job,
  { outputDir, klingIsLocal }: Surroundings,
  options: DownloadOptions
): Effect.fn.Return<ReadonlyArray<SavedFile>, JobError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> {
  const { handle, task } = job
  if (task.status === "submitted" || task.status === "processing") {
    return yield* jobError({ _tag: "NotFinished", taskId: handle, status: task.status })
  }
  const results = task.outputs.flatMap((output) =>
    output.type === "element" || output.url === undefined
      ? []
      : [{ url: output.url, ...(output.type === "file" ? { textKind: output.kind } : {}) }]
  )
  if (results.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  for (const { url } of results) {
    const detail = refuseResultUrl(url, klingIsLocal)
    if (detail !== undefined) return yield* jobError({ _tag: "FetchFailed", taskId: handle, detail })
  }
  const overwrite = options.overwrite ?? false
  return yield* Effect.forEach(results, (one, index) =>
    Effect.gen(function* () {
      const saved = yield* saveResult({
        ...one,
        handle,
        index,
        count: results.length,
        folder: options.folder ?? outputDir,
        overwrite,
        onProgress: (progress) => options.onProgress?.({ ...progress, index }) ?? Effect.void,
        ...(options.fileName === undefined || results.length > 1 ? {} : { fileName: options.fileName })
      })
      yield* writeSidecar(saved, job, overwrite)
      return saved
    })
  )
})
