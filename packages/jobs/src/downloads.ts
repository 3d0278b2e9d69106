import { Kling } from "@klingkit/core"
import type { FileHost, Preview, SavedFile } from "@klingkit/media"
import { checkDiskSpace } from "@klingkit/media/internal"
import { Context, Effect, type FileSystem, Layer, type Path } from "effect"
import type { Job } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import { Ledger } from "./ledger/ledger.ts"
import { primaryOutputs } from "./pipelines/pipeline-job.ts"
import { downloadJob, type DownloadOptions } from "./results/download-job.ts"
import { previewJob } from "./results/preview-job.ts"
import { JobsSettings } from "./settings.ts"

type Disk = FileHost | FileSystem.FileSystem | Path.Path

/** The results of jobs on this machine. */
export class Downloads extends Context.Service<
  Downloads,
  {
    /** Downloads all results of a finished job, each with a `.json` that describes its origin. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedFile>, JobError>
    /** A small preview of the images of a finished task. */
    preview(job: Job): Effect.Effect<Preview, JobError>
    /** Fails if results would not fit on the disk of a folder; by default of the output folder. */
    requireSpace(folder?: string): Effect.Effect<void, JobError>
    /** The job with its row, if the ledger has one. */
    withRecord(job: Job): Effect.Effect<Job>
  }
>()("@klingkit/jobs/Downloads") {
  static readonly layer: Layer.Layer<Downloads, never, Kling | Ledger | JobsSettings | Disk> = Layer.effect(
    Downloads,
    Effect.suspend(() => make)
  )
}

/** Kling does not announce the size of a result; a long 4K video fits in here. */
const minFreeBytes = 100 * 1000 ** 2

const make = Effect.gen(function* () {
  const { isLocal } = yield* Kling
  const ledger = yield* Ledger
  const settings = yield* JobsSettings
  const disk = yield* Effect.context<Disk>()
  const { principal, outputDir, privateHosts = [] } = settings

  const withRecord = (job: Job) =>
    ledger.get(job.handle, principal).pipe(
      Effect.map((record): Job => ({ ...job, record })),
      Effect.orElseSucceed(() => job)
    )

  /** Records which files a job has on this machine; those of a pipeline belong to its result steps. */
  const recordFetched = Effect.fnUntraced(function* ({ record, pipeline }: Job, saved: ReadonlyArray<SavedFile>) {
    const handles =
      pipeline === undefined
        ? [record?.handle]
        : pipeline.steps.map((step) => (step.isResult ? step.handle : undefined))
    const remaining = [...saved]
    for (const handle of handles) {
      if (handle === undefined) continue
      const files = record === undefined ? primaryOutputs(yield* ledger.get(handle, principal)) : saved
      yield* ledger.addFiles(
        handle,
        remaining
          .splice(0, files.length)
          .map(({ path, bytes, sha256, mimeType }) => ({ path, bytes, sha256, mimeType }))
      )
      yield* ledger.transition(handle, ["SUCCEEDED"], "FETCHED")
    }
  })

  return Downloads.of({
    download: Effect.fnUntraced(function* (job, options = {}) {
      const recorded = yield* withRecord(job)
      const config = { ...settings, klingIsLocal: isLocal }
      const saved = yield* Effect.provideContext(downloadJob(recorded, config, options), disk)
      yield* Effect.ignore(recordFetched(recorded, saved))
      return saved
    }),
    preview: (job) => Effect.provideContext(previewJob(job, { klingIsLocal: isLocal, privateHosts }), disk),
    requireSpace: (folder = outputDir) =>
      checkDiskSpace(folder, minFreeBytes).pipe(
        Effect.provideContext(disk),
        Effect.flatMap((detail) => (detail === undefined ? Effect.void : jobError({ _tag: "NoSpace", detail })))
      ),
    withRecord
  })
})
