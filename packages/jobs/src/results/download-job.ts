import { Clock, Effect, type FileSystem, type Path } from "effect"
import type { JobsConfig } from "../config.ts"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { FetchProgress } from "./fetch-to-file.ts"
import { FileHost } from "./file-host.ts"
import { defaultTemplate, fillTemplate, type NameFacts, templateProblem } from "./name-template.ts"
import { type SavedFile, saveResult } from "./save-result.ts"
import { isoTime, sidecarText } from "./sidecar.ts"

export interface DownloadOptions {
  /** An absolute path; defaults to the output folder. */
  readonly folder?: string
  /** For a task with one result: the exact file name, without a path. */
  readonly fileName?: string
  /** Names files below the folder: `{date}/{model}-{handle}`; defaults to the configured template. */
  readonly nameTemplate?: string
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
  const results = task.outputs.flatMap((output) =>
    output.type === "element" || output.url === undefined
      ? []
      : [{ type: output.type, url: output.url, ...(output.type === "file" ? { textKind: output.kind } : {}) }]
  )
  if (results.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
  const { fileName, overwrite = false } = options
  const template = options.nameTemplate ?? nameTemplate ?? defaultTemplate
  const hasExactName = fileName !== undefined && results.length === 1
  const problem = hasExactName ? nameProblem(fileName) : templateProblem(template)
  if (problem !== undefined) return yield* jobError({ _tag: "FetchFailed", taskId: handle, detail: problem })
  const facts = factsOf(job, yield* Clock.currentTimeMillis)
  const policy = { klingIsLocal, privateHosts }
  const { connect } = yield* FileHost
  return yield* Effect.scoped(
    Effect.flatMap(connect(policy), (http) =>
      Effect.forEach(results, (result, index) => {
        const pathFor = (extension: string) =>
          hasExactName
            ? { folders: [], name: fileName }
            : fillTemplate(template, facts, { index, count: results.length, extension })
        return saveResult({
          ...result,
          handle,
          http,
          policy,
          root: options.folder ?? outputDir,
          folders: pathFor("").folders,
          nameFor: (extension) => pathFor(extension).name,
          overwrite,
          sidecarFor: (file) => sidecarText(job, file),
          onProgress: (progress) => options.onProgress?.({ ...progress, index }) ?? Effect.void
        })
      })
    )
  )
})

const encoder = new TextEncoder()

/** Why a name cannot be a file name on every system, or undefined. */
const nameProblem = (name: string): string | undefined =>
  /^\.{0,2}$|[/\\\0]/.test(name) || encoder.encode(name).length > 240
    ? "the file name must be at most 240 bytes and must not contain a path"
    : undefined

const factsOf = ({ handle, task, plan, record }: Job, now: number): NameFacts => {
  const [date = "", time = ""] = (isoTime(task.createdAt ?? record?.createdAt) ?? isoTime(now) ?? "").split(/[T.]/)
  const models = [plan?.model, record?.model, plan?.operation.id, record?.operation]
  const prompt = record?.prompt ?? plan?.input["prompt"]
  return {
    date,
    time: time.replaceAll(":", "-"),
    model: models.find((model) => model !== undefined && model !== "") ?? "kling",
    prompt: typeof prompt === "string" ? firstWords(prompt) : "",
    handle
  }
}

const firstWords = (text: string): string => /^.{0,40}(?=\s|$)/su.exec(text.trim())?.[0] ?? text.trim().slice(0, 40)
