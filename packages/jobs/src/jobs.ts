import {
  type AnyOperation,
  Kling,
  type KlingError,
  type MediaRule,
  mintHandle,
  type Plan,
  type Task,
  type TaskFilter
} from "@klingkit/core"
import type { FileSystem, Path } from "effect"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import type { HttpClient } from "effect/http"
import type { JobsConfig } from "./config.ts"
import type { FetchProgress } from "./files/fetch-to-file.ts"
import { type SavedFile, saveResult } from "./files/save-result.ts"
import { writeSidecar } from "./files/sidecar.ts"
import { readMediaInput } from "./inputs/media-input.ts"
import type { MediaSource } from "./inputs/media-source.ts"
import { readOperationMedia } from "./inputs/operation-media.ts"
import { jobError, type JobError } from "./job-error.ts"

/** A paid request and what became of it. `plan` is known to whoever submitted it. */
export interface Job {
  readonly handle: string
  readonly task: Task
  readonly plan?: Plan
}

export interface DownloadOptions {
  /** Absolute; the output folder when absent. */
  readonly folder?: string
  /** For a task with one result. */
  readonly fileName?: string
  readonly overwrite?: boolean
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => Effect.Effect<void>
}

/** A paid Kling request from plan to files. Everything is found again by its handle, also from another program. */
export class Jobs extends Context.Service<
  Jobs,
  {
    readonly config: JobsConfig
    /**
     * A picture, clip or sound (URL, file, base64, bytes, stream) as Kling takes it: a URL or bare base64. `rule` is that
     * of the operation's parameter, or the kind alone; `field` is named when it cannot be used.
     */
    media(
      field: string,
      rule: MediaRule | MediaRule["kind"],
      source: MediaSource
    ): Effect.Effect<string, KlingError | JobError>
    /** `media` for whatever an operation's input holds. */
    mediaOf(
      operation: AnyOperation,
      input: Readonly<Record<string, unknown>>
    ): Effect.Effect<Readonly<Record<string, unknown>>, KlingError | JobError>
    /** `media` for a picture. */
    picture(field: string, source: string): Effect.Effect<string, KlingError | JobError>
    /** Sends a plan, once. `onHandle` gets the handle before the first byte leaves, where the operation takes one. */
    submit(
      plan: Plan,
      options?: { readonly onHandle?: (handle: string) => Effect.Effect<void> }
    ): Effect.Effect<Job, KlingError>
    status(id: string): Effect.Effect<Job, KlingError>
    /** The job at every look, until it has ended. */
    follow(id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError>
    list(filter?: TaskFilter): Stream.Stream<Job, KlingError>
    /** Fetches all results of a finished job, each beside a `.json` that says where it came from. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedFile>, JobError>
  }
>()("@klingkit/jobs/Jobs") {
  static readonly layer = (
    config: JobsConfig
  ): Layer.Layer<Jobs, never, Kling | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> =>
    Layer.effect(Jobs, make(config))
}

const make = Effect.fnUntraced(function* (config: JobsConfig) {
  const kling = yield* Kling
  const files = yield* Effect.context<HttpClient.HttpClient | FileSystem.FileSystem | Path.Path>()

  const submit = Effect.fn("Jobs.submit")(function* (
    plan: Plan,
    options?: { readonly onHandle?: (handle: string) => Effect.Effect<void> }
  ) {
    const handle = yield* mintHandle(plan.operation.family)
    // Where Kling takes no id of the caller's, only its own finds the task, and that comes with the answer.
    if (options?.onHandle !== undefined && plan.operation.externalId !== undefined) yield* options.onHandle(handle)
    // Whoever waits may be cut off; the request itself goes on to a settled end.
    const sending = yield* Effect.forkDetach(kling.submit(plan.operation, plan.input, { externalTaskId: handle }))
    const sent = yield* Fiber.join(sending)
    return { handle: sent.handle, task: sent.task, plan }
  })

  const media = (field: string, rule: MediaRule | MediaRule["kind"], source: MediaSource) =>
    Effect.provideContext(readMediaInput(field, rule, source, config), files)

  const jobOf = (task: Task, asked?: string): Job => ({ handle: asked ?? task.externalId ?? task.id, task })

  const download = Effect.fn("Jobs.download")(function* (job: Job, options: DownloadOptions = {}) {
    const { handle, task } = job
    if (task.status === "submitted" || task.status === "processing") {
      return yield* jobError({ _tag: "NotFinished", taskId: handle, status: task.status })
    }
    const urls = task.outputs.flatMap((output) =>
      output.type === "element" || output.url === undefined ? [] : [output.url]
    )
    if (urls.length === 0) return yield* jobError({ _tag: "NothingToFetch", taskId: handle, status: task.status })
    return yield* Effect.forEach(urls, (url, index) =>
      Effect.gen(function* () {
        const saved = yield* saveResult({
          handle,
          url,
          index,
          count: urls.length,
          folder: options.folder ?? config.outputDir,
          overwrite: options.overwrite ?? false,
          onProgress: (progress) => options.onProgress?.({ ...progress, index }) ?? Effect.void,
          ...(options.fileName === undefined || urls.length > 1 ? {} : { fileName: options.fileName })
        })
        yield* writeSidecar(saved, handle, task, job.plan)
        return saved
      })
    )
  })

  return Jobs.of({
    config,
    media,
    mediaOf: (operation, input) => Effect.provideContext(readOperationMedia(operation, input, config), files),
    picture: (field, source) => media(field, "image", source),
    submit,
    status: (id) => Effect.map(kling.task(id), (task) => jobOf(task, id)),
    follow: (id, operation) =>
      kling
        .follow(id, operation === undefined ? {} : { usualSeconds: operation.usualSeconds(operation.example) })
        .pipe(Stream.map((task) => jobOf(task, id))),
    list: (filter) => Stream.map(kling.tasks(filter), (task) => jobOf(task)),
    download: (job, options) => Effect.provideContext(download(job, options), files)
  })
})
