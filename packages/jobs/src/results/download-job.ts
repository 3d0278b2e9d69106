import type { Charged, Plan } from "@klingkit/core"
import type { FetchProgress, FileHost, NameFacts, SavedFile } from "@klingkit/media"
import { type FetchFailure, type FileExists, type ResultStore, resultsOnDisk } from "@klingkit/media/internal"
import { Clock, type Duration, Effect, type FileSystem, type Path } from "effect"
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
  /** Fails with `FetchTimedOut` after this time. What has arrived is kept, and continued by the next download. */
  readonly timeout?: Duration.Input
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => Effect.Effect<void>
}

/** What the ledger adds to a download. */
export interface DownloadSteps {
  /** The job with fresh links to its results; nothing where Kling cannot be asked. */
  readonly refresh?: Effect.Effect<Job | undefined>
  readonly onSaved?: (file: SavedFile) => Effect.Effect<void>
  /** Where they are kept; folders on this machine when absent. */
  readonly results?: ResultStore
}

interface DownloadConfig extends Pick<JobsConfig, "outputDir" | "nameTemplate" | "privateHosts"> {
  /** Kling is an emulator on this machine, which also serves the files. */
  readonly klingIsLocal: boolean
}

/**
 * Downloads all results of a finished job, each with a `.json` sidecar that records its origin. What was saved before, and still
 * has its recorded content, is kept. A dead link is replaced by a fresh one, once.
 */
export const downloadJob = Effect.fn("Jobs.download")(function* (
  job: Job,
  { outputDir, nameTemplate, privateHosts = [], klingIsLocal }: DownloadConfig,
  options: DownloadOptions,
  { refresh = Effect.succeed(undefined), onSaved = () => Effect.void, results = resultsOnDisk }: DownloadSteps = {}
): Effect.fn.Return<ReadonlyArray<SavedFile>, JobError, FileHost | FileSystem.FileSystem | Path.Path> {
  const { handle, task } = job
  if (task.status === "submitted" || task.status === "processing") {
    return yield* jobError({ _tag: "NotFinished", taskId: handle, status: task.status })
  }
  const nameFacts = jobFacts(job, options.id, yield* Clock.currentTimeMillis)
  const save = (latest: Job) =>
    results.save({
      handle,
      outputs: latest.task.outputs,
      policy: { klingIsLocal, privateHosts },
      root: options.folder ?? outputDir,
      fileName: options.fileName,
      nameTemplate: options.nameTemplate ?? nameTemplate,
      nameFacts,
      expectedCount: latest.record?.expectedOutputs,
      recorded: latest.record?.files ?? [],
      overwrite: options.overwrite ?? false,
      sidecarFor: (file) => sidecarText(latest, file),
      onProgress: (progress) => options.onProgress?.(progress) ?? Effect.void,
      onSaved
    })
  const saved = yield* save(job).pipe(
    Effect.catchIf(
      (error) => error._tag === "FetchFailure" && error.isDeadLink,
      (error) => Effect.flatMap(refresh, (fresh) => (fresh === undefined ? Effect.fail(error) : save(fresh)))
    ),
    Effect.mapError((failure) => asJobError(job, failure))
  )
  if (saved.length > 0) return saved
  return yield* jobError(
    task.status === "succeed" && task.outputs.length === 0
      ? { _tag: "ResultsNotShown", taskId: handle }
      : { _tag: "NothingToFetch", taskId: handle, status: task.status }
  )
})

const asJobError = (job: Job, failure: FetchFailure | FileExists): JobError => {
  const { handle: taskId } = job
  if (failure._tag === "FileExists")
    return jobError({ _tag: "FileExists", path: failure.path, charged: chargedOf(job) })
  return jobError({ _tag: failure.isDenied ? "ResultDenied" : "FetchFailed", taskId, detail: failure.detail })
}

/** Whether a job was charged, as its receipt says; one that has succeeded was, where Kling has not said for how much. */
const chargedOf = ({ task }: Job): Charged => {
  if (task.charges.length > 0) return task.charges.some(({ amount }) => amount > 0) ? "yes" : "no"
  return task.status === "succeed" ? "yes" : "maybe"
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
