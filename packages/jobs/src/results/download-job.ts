import type { Plan } from "@klingkit/core"
import type { FetchProgress, FileHost, NameFacts, SavedFile } from "@klingkit/media"
import { type FetchFailure, type FileExists, saveResults } from "@klingkit/media/internal"
import { Clock, Effect, type FileSystem, type Path } from "effect"
import type { JobsConfig } from "../config.ts"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import { isoTime, sidecarText } from "./sidecar.ts"

export interface DownloadOptions {
  /** An absolute path; defaults to the output folder. */
  readonly folder?: string
  /** For a job with one result: the exact file name, without a path. Of several steps, each adds its name. */
  readonly fileName?: string
  /** Names files below the folder: `{date}/{model}-{handle}`, of a pipeline `{step}`; defaults to the configured template. */
  readonly nameTemplate?: string
  /** The caller's own name for the job, for `{id}`; defaults to the handle. */
  readonly id?: string
  readonly overwrite?: boolean
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => Effect.Effect<void>
}

interface DownloadConfig extends Pick<JobsConfig, "outputDir" | "nameTemplate" | "privateHosts"> {
  /** Kling is an emulator on this machine, which also serves the files. */
  readonly klingIsLocal: boolean
}

/** Downloads all results of a finished job, each with a `.json` sidecar that records its origin. */
export const downloadJob = Effect.fn("Jobs.download")(function* (
  job: Job,
  { outputDir, nameTemplate, privateHosts = [], klingIsLocal }: DownloadConfig,
  options: DownloadOptions
): Effect.fn.Return<ReadonlyArray<SavedFile>, JobError, FileHost | FileSystem.FileSystem | Path.Path> {
  const { handle, task } = job
  if (task.status === "submitted" || task.status === "processing") {
    return yield* jobError({ _tag: "NotFinished", taskId: handle, status: task.status })
  }
  const saved = yield* saveResults({
    handle,
    outputs: task.outputs,
    policy: { klingIsLocal, privateHosts },
    root: options.folder ?? outputDir,
    fileName: options.fileName,
    nameTemplate: options.nameTemplate ?? nameTemplate,
    nameFacts: jobFacts(job, options.id, yield* Clock.currentTimeMillis),
    overwrite: options.overwrite ?? false,
    sidecarFor: (file) => sidecarText(job, file),
    onProgress: (progress) => options.onProgress?.(progress) ?? Effect.void
  }).pipe(Effect.mapError((failure) => asJobError(handle, failure)))
  return saved.length > 0 ? saved : yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
})

const asJobError = (taskId: string, failure: FetchFailure | FileExists): JobError => {
  if (failure._tag === "FileExists") return jobError({ _tag: "FileExists", path: failure.path })
  return jobError({ _tag: failure.isDenied ? "ResultDenied" : "FetchFailed", taskId, detail: failure.detail })
}

/** What a job tells of the names of its results. `id` is the caller's own name for it. */
export const jobFacts = (job: Job, id: string | undefined, now: number): NameFacts => {
  const { handle, task, plan, record } = job
  const [date = "", time = ""] = (isoTime(task.createdAt ?? record?.createdAt) ?? isoTime(now) ?? "").split(/[T.]/)
  const model = record?.model === "" ? record.operation : record?.model
  return {
    ...(plan === undefined ? { model: model ?? "kling", prompt: firstWords(record?.prompt) } : plannedFacts(plan)),
    date,
    time: time.replaceAll(":", "-"),
    handle,
    id: id ?? handle,
    take: String(record?.take ?? 1)
  }
}

/** What a plan tells of the names of its results. */
export const plannedFacts = ({ model, operation, input }: Plan): Pick<NameFacts, "model" | "prompt"> => ({
  model: model === "" ? operation.id : model,
  prompt: firstWords(input["prompt"] ?? input["text"])
})

const firstWords = (prompt: unknown): string => {
  if (typeof prompt !== "string") return ""
  const text = prompt.trim()
  return /^.{0,40}(?=\s|$)/su.exec(text)?.[0] ?? text.slice(0, 40)
}
