import { Kling, type KlingError } from "@klingkit/core"
import { invalidInput, invalidSetting } from "@klingkit/core/internal"
import type { FileHost, Preview, SavedFile } from "@klingkit/media"
import { checkDiskSpace, folderProblem, resultsOnDisk } from "@klingkit/media/internal"
import { Context, Effect, Equal, FileSystem, Layer, type Path } from "effect"
import { type Job, jobOfRecord, taskOfRecord } from "./job.ts"
import { moneyOfJob } from "./job-money.ts"
import { jobError, type JobError } from "./job-error.ts"
import { resultStoreOf } from "./caller-folder.ts"
import { Ledger } from "./ledger/ledger.ts"
import { primaryOutputs } from "./pipelines/pipeline-job.ts"
import { downloadJob, type DownloadOptions } from "./results/download-job.ts"
import { hasFile } from "./results/has-file.ts"
import { nameForStep } from "./results/name-for-step.ts"
import { type FindMaker, isAt, previewJob } from "./results/preview-job.ts"
import { recordedJobs } from "./recorded-jobs.ts"
import { makeStoredResults, type StoredResults } from "./results/stored-results.ts"
import { JobsSettings } from "./settings.ts"
import { Snapshots } from "./snapshots/snapshots.ts"
import { unfilledText, unfilledVariable } from "./unfilled-variable.ts"

/** A saved file, and which step of a pipeline has made it. */
export interface SavedResult extends SavedFile {
  readonly step?: string
}

type Disk = FileHost | FileSystem.FileSystem | Path.Path

/** The results of jobs, on this machine or in its media store. */
export class Downloads extends Context.Service<
  Downloads,
  {
    /** Downloads all results of a finished job, each with a `.json` that describes its origin; of a pipeline by step. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedResult>, JobError>
    /** A small preview of the images of a finished task, or of frames of its video. */
    preview(job: Job): Effect.Effect<Preview, JobError>
    /** Makes the folder of results, by default the output folder. Fails if it cannot hold files, or they would not fit. */
    requireFolder(folder?: string): Effect.Effect<void, JobError | KlingError>
    /** The job with its row, if the ledger has one. */
    withRecord(job: Job): Effect.Effect<Job>
  } & StoredResults
>()("@klingkit/jobs/Downloads") {
  static readonly layer: Layer.Layer<Downloads, never, Kling | Ledger | JobsSettings | Snapshots | Disk> = Layer.effect(
    Downloads,
    Effect.suspend(() => make)
  )
}

const requireFolder = Effect.fnUntraced(function* (
  outputDir: string,
  named: string | undefined
): Effect.fn.Return<void, JobError | KlingError, Disk> {
  const fs = yield* FileSystem.FileSystem
  const folder = named ?? outputDir
  const refuse = (message: string) =>
    named === undefined ? invalidSetting("outputDir", message) : invalidInput([{ field: "folder", message }])
  const variable = unfilledVariable(folder)
  if (variable !== undefined) return yield* refuse(unfilledText(variable))
  // Where not even the root is shown, nothing can be said about folders, and nothing is made.
  const isKnown = yield* Effect.orElseSucceed(fs.exists("/"), () => false)
  const problem = isKnown ? yield* folderProblem(folder) : undefined
  if (problem !== undefined) return yield* refuse(problem)
  const shortage = yield* checkDiskSpace(folder, minFreeBytes)
  if (shortage !== undefined) return yield* jobError({ _tag: "NoSpace", detail: shortage })
  if (!isKnown) return
  yield* Effect.mapError(fs.makeDirectory(folder, { recursive: true }), () => refuse(`cannot be made: ${folder}`))
})

/** Kling does not announce the size of a result; a long 4K video fits in here. */
const minFreeBytes = 100 * 1000 ** 2

const make = Effect.gen(function* () {
  const { isLocal } = yield* Kling
  const ledger = yield* Ledger
  const snapshots = yield* Snapshots
  const settings = yield* JobsSettings
  const disk = yield* Effect.context<Disk>()
  const { principal, outputDir, privateHosts = [] } = settings
  const results = yield* resultStoreOf(principal)

  const withRecord = (job: Job) =>
    ledger.get(job.handle, principal).pipe(
      Effect.map((record): Job => ({ ...job, record })),
      Effect.orElseSucceed(() => job)
    )

  const makerOf: FindMaker = (job, url) => {
    const step = job.pipeline?.steps.find(({ outputs = [] }) => outputs.some(isAt(url)))
    return step?.handle === undefined
      ? withRecord(job)
      : ledger.get(step.handle, principal).pipe(
          Effect.map(jobOfRecord),
          Effect.orElseSucceed(() => job)
        )
  }

  const config = { ...settings, klingIsLocal: isLocal }

  /** Records a file as soon as it is saved: should this program die, the next one keeps it. */
  const recordSaved = (handle: string, { path, bytes, sha256, mimeType }: SavedFile) =>
    Effect.ignore(ledger.addFiles(handle, [{ path, bytes, sha256, mimeType }]))

  /** With what Kling shows of the results by now, where the job has none. */
  const withResults = Effect.fnUntraced(function* (job: Job): Effect.fn.Return<Job> {
    const { record, ...known } = yield* withRecord(job)
    if (record === undefined) return known
    const latest = yield* snapshots.complete(record)
    const isEmpty = job.task.outputs.length === 0 && latest.outputs.length > 0
    return { ...known, task: isEmpty ? taskOfRecord(latest) : job.task, record: latest }
  })

  /** The job with fresh links to the same results. */
  const refresh = Effect.fnUntraced(function* (job: Job) {
    const { handle, task, record } = job
    if (record === undefined) return { ...job, task: yield* snapshots.readTask(handle) }
    const latest = yield* snapshots.refreshLinks(record)
    const positions = task.outputs.map((output) => record.outputs.findIndex((one) => Equal.equals(one, output)))
    const outputs = positions.flatMap((position) => latest.outputs[position] ?? [])
    const isSame = outputs.length === task.outputs.length
    return { ...job, task: { ...task, outputs: isSame ? outputs : latest.outputs }, record: latest } satisfies Job
  })

  const downloadOne = Effect.fnUntraced(function* (job: Job, options: DownloadOptions) {
    const recorded = yield* withResults(job)
    const { record } = recorded
    const saved = yield* downloadJob(recorded, config, options, {
      results,
      refresh: Effect.orElseSucceed(refresh(recorded), () => undefined),
      onSaved: (file) => (record === undefined ? Effect.void : recordSaved(record.handle, file))
    }).pipe(Effect.provideContext(disk))
    if (record !== undefined) yield* Effect.ignore(ledger.transition(record.handle, ["SUCCEEDED"], "FETCHED"))
    return saved
  })

  const download = Effect.fnUntraced(function* (
    job: Job,
    options: DownloadOptions
  ): Effect.fn.Return<ReadonlyArray<SavedResult>, JobError> {
    const { pipeline, handle: pipelineHandle } = job
    if (pipeline === undefined) return yield* downloadOne(job, options)
    const results = pipeline.steps.filter(({ isResult, outputs = [] }) => isResult && outputs.some(hasFile))
    if (results.length === 0) return yield* downloadOne(job, options)
    const { nameTemplate = settings.nameTemplate } = options
    const named = { ...options, ...(nameTemplate === undefined ? {} : { nameTemplate }) }
    const saved = yield* Effect.forEach(results, ({ id, handle = "" }, index) =>
      Effect.gen(function* () {
        const record = yield* Effect.mapError(ledger.get(handle, principal), () =>
          jobError({ _tag: "NothingToFetch", taskId: handle, status: "unknown" })
        )
        const step = jobOfRecord({ ...record, outputs: primaryOutputs(record) })
        const result = { pipeline: pipelineHandle, step: id, index, count: results.length }
        const files = yield* downloadOne(step, nameForStep(named, result))
        return files.map((file) => ({ ...file, step: id }))
      })
    )
    return saved.flat()
  })

  const downloadWithin = Effect.fnUntraced(function* (job: Job, options: DownloadOptions = {}) {
    const known = job.pipeline === undefined && job.record === undefined ? yield* withRecord(job) : job
    const isOurs = known.pipeline !== undefined || known.record !== undefined
    const { timeout } = options
    const saving = download(known, options)
    const saved =
      timeout === undefined
        ? saving
        : Effect.timeoutOrElse(saving, {
            duration: timeout,
            orElse: () => jobError({ _tag: "FetchTimedOut", taskId: job.handle })
          })
    return yield* Effect.mapError(saved, (error) => (isOurs ? error.about(moneyOfJob(known)) : error))
  })

  const lookups = Context.make(Ledger, ledger).pipe(Context.add(JobsSettings, settings))
  const unchanged = (job: Job) => Effect.succeed(job)
  const stored: StoredResults =
    results === resultsOnDisk
      ? { linked: unchanged, stored: unchanged }
      : yield* makeStoredResults(results, downloadWithin, (handle) =>
          Effect.provideContext(recordedJobs([handle]), lookups)
        )

  return Downloads.of({
    download: downloadWithin,
    ...stored,
    preview: (job) => Effect.provideContext(previewJob(job, { klingIsLocal: isLocal, privateHosts }, makerOf), disk),
    requireFolder: (named) => Effect.provideContext(requireFolder(outputDir, named), disk),
    withRecord
  })
})
