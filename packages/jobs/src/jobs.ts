import {
  type AnyOperation,
  type CallbackError,
  Kling,
  type KlingError,
  type MediaRule,
  type Plan,
  type SignedCallback,
  type TaskFilter
} from "@klingkit/core"
import { type AnyRequest, type Fields, type NameOf, type PipelinePlan, planRequest } from "@klingkit/core/requests"
import type { FileHost, MediaSource, Preview, SavedFile } from "@klingkit/media"
import { checkDiskSpace } from "@klingkit/media/internal"
import { Clock, Context, Effect, type FileSystem, Layer, Option, type Path, Ref, Scope, Stream } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { type JobsConfig, shutdownMillis } from "./config.ts"
import type { Job } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import type { JobFilter, JobPage } from "./ledger/find-jobs.ts"
import type { Ledger } from "./ledger/ledger.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import { readMediaInput, readOperationMedia } from "./media-inputs.ts"
import { primaryOutputs } from "./pipelines/pipeline-job.ts"
import {
  isPipeline,
  makePipelines,
  type PipelineError,
  type ResumePipelineOptions,
  type StartPipelineOptions
} from "./pipelines/pipelines.ts"
import { stepJobs } from "./pipelines/step-jobs.ts"
import { planContextOf } from "./plan-context.ts"
import { findByResult } from "./polling/find-by-result.ts"
import { followJob } from "./polling/follow-job.ts"
import { jobStatus } from "./polling/job-status.ts"
import { makeNotifications } from "./polling/notifications.ts"
import { makePoller } from "./polling/poller.ts"
import { receiveCallback } from "./polling/receive-callback.ts"
import { pollBatch, type PollingContext } from "./polling/snapshot.ts"
import { makeTaskReader } from "./polling/task-reader.ts"
import { refineQuote } from "./refine-quote.ts"
import { downloadJob, type DownloadOptions } from "./results/download-job.ts"
import { previewJob } from "./results/preview-job.ts"
import { approvedOf } from "./submit/approval.ts"
import { callJob, type CallJobOptions } from "./submit/call-job.ts"
import { checkLimits } from "./submit/check-limits.ts"
import { type ConcurrencyLimiter, makeConcurrencyLimiter } from "./submit/concurrency-limiter.ts"
import { recoverJobs, recoverOrphaned } from "./submit/recover-jobs.ts"
import { makeSends } from "./submit/sends.ts"
import { submitJob, type SubmitJobOptions } from "./submit/submit-job.ts"

/** Paid Kling requests from plan to files, persisted before they are sent. A job's handle finds it from any program. */
export class Jobs extends Context.Service<
  Jobs,
  {
    readonly config: JobsConfig
    /**
     * An image, video or audio (URL, file, base64, bytes, stream) as Kling takes it: a URL or bare base64. `rule` is that
     * of the operation's parameter, or only the kind; errors name `field`.
     */
    media(
      field: string,
      rule: MediaRule | MediaRule["kind"],
      source: MediaSource
    ): Effect.Effect<string, KlingError | JobError>
    /** `media` for all media in an operation's input. */
    mediaOf(
      operation: AnyOperation,
      input: Readonly<Record<string, unknown>>
    ): Effect.Effect<Readonly<Record<string, unknown>>, KlingError | JobError>
    /** The plan with a quote for the actual length of its video or audio, where that is known; otherwise unchanged. */
    refineQuote(plan: Plan): Effect.Effect<Plan>
    /**
     * What a request asks of Kling, at what price; nothing is sent. `given` is its input in the caller's words, `nameOf` says
     * how errors name its fields.
     */
    plan(
      request: AnyRequest,
      given: unknown,
      nameOf: NameOf
    ): Effect.Effect<Plan | PipelinePlan, KlingError | JobError | LedgerError>
    /** Submits a plan once, within the limits; an identical request shortly after returns the same job. */
    submit(plan: Plan, options?: SubmitJobOptions): Effect.Effect<Job, KlingError | JobError | LedgerError>
    /** Makes a paid synchronous call within the limits and returns its answer. It is never sent twice. */
    call(plan: Plan, options?: CallJobOptions): Effect.Effect<unknown, KlingError | JobError | LedgerError>
    /** Fails if a plan exceeds the limits per call or per day as they are now; reserves nothing. */
    checkBudget(plan: Plan): Effect.Effect<void, LedgerError>
    /** Starts several paid steps as one request, limited as a whole; it runs until it ends or a step fails. */
    startPipeline(plan: PipelinePlan, options?: StartPipelineOptions): Effect.Effect<Job, PipelineError>
    /** Resumes a pipeline whose step has failed; paid steps are not paid again. */
    resumePipeline(handle: string, options?: ResumePipelineOptions): Effect.Effect<Job, PipelineError>
    /** The pipelines in the ledger, newest first. */
    readonly pipelines: Effect.Effect<ReadonlyArray<Job>, LedgerError>
    /** Approves exactly this plan above the approval threshold: returns a token that is valid once, for ten minutes. */
    approve(plan: Plan): Effect.Effect<string, LedgerError>
    /** Revokes the approval of a token. */
    revokeApproval(approval: string): Effect.Effect<void, LedgerError>
    /** By handle, by Kling's task id, or by the id of one of its results. Does not advance a pipeline; `follow` does. */
    status(id: string): Effect.Effect<Job, KlingError | LedgerError>
    /** The job at every poll, until it has finished. */
    follow(id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError>
    /**
     * Handles a callback of Kling (`callback_url`) as received: verifies its signature, updates its job and notifies those
     * who follow it; from then on that job is polled rarely. Returns false if the callback concerns no job of this ledger.
     */
    receiveCallback(callback: Omit<SignedCallback, "nowMs">): Effect.Effect<boolean, CallbackError | LedgerError>
    /** All tasks of the account at Kling, newest first, joined with the ledger. */
    list(filter?: TaskFilter): Stream.Stream<Job, KlingError>
    /** Jobs in the ledger, filtered by state, model, time or prompt text. */
    history(filter?: JobFilter): Effect.Effect<JobPage, LedgerError>
    /** Downloads all results of a finished job, each with a `.json` that describes its origin. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedFile>, JobError>
    /** A small preview of the images of a finished task. */
    preview(job: Job): Effect.Effect<Preview, JobError>
    /** Recovers the jobs that earlier processes have orphaned; also runs on its own when a job is first requested. */
    readonly recover: Effect.Effect<void, LedgerError>
  }
>()("@klingkit/jobs/Jobs") {
  static readonly layer = (
    config: JobsConfig
  ): Layer.Layer<Jobs, never, Kling | LedgerSource | FileHost | FileSystem.FileSystem | Path.Path> =>
    Layer.effect(Jobs, make(config))
}

/** Kling does not announce the size of a result; a long 4K video fits in here. */
const minFreeBytes = 100 * 1000 ** 2

/** Records which files a job has on this machine; those of a pipeline belong to its result steps. */
const recordFetched = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  principal: string,
  { record, pipeline }: Job,
  saved: ReadonlyArray<SavedFile>
) {
  const handles =
    pipeline === undefined ? [record?.handle] : pipeline.steps.map((step) => (step.isResult ? step.handle : undefined))
  const remaining = [...saved]
  for (const handle of handles) {
    if (handle === undefined) continue
    const files = record === undefined ? primaryOutputs(yield* ledger.get(handle, principal)) : saved
    yield* ledger.addFiles(
      handle,
      remaining.splice(0, files.length).map(({ path, bytes, sha256, mimeType }) => ({ path, bytes, sha256, mimeType }))
    )
    yield* ledger.transition(handle, ["SUCCEEDED"], "FETCHED")
  }
})

/** An approval is for the price that was just shown. */
const approvalSeconds = 600

const isNotFound = (error: KlingError): boolean => error.reason._tag === "TaskNotFound"

const make = Effect.fnUntraced(function* (config: JobsConfig) {
  const kling = yield* Kling
  const source = yield* LedgerSource
  const files = yield* Effect.context<FileHost | FileSystem.FileSystem | Path.Path>()
  const { limits, principal } = config
  const scope = yield* Scope.Scope
  const mediaConfig = { ...config, klingIsLocal: kling.isLocal }
  const owner = yield* SecureRandom.SecureRandom.use((random) => random.uuidV4()).pipe(
    Effect.provide(SecureRandom.layerWebCrypto)
  )
  const shared = { reader: makeTaskReader(kling), notifications: makeNotifications() }
  const limiter: ConcurrencyLimiter = makeConcurrencyLimiter((ledger, handles) =>
    pollBatch({ ...shared, onEnded: limiter.release }, ledger, handles)
  )
  const sends = yield* makeSends(shutdownMillis(config))
  const submitter = { kling, limiter, sends, owner, principal, limits }
  const recoveredAt = yield* Ref.make(-Infinity)

  const recover: Effect.Effect<void, LedgerError> = Effect.gen(function* () {
    yield* Ref.set(recoveredAt, yield* Clock.currentTimeMillis)
    yield* recoverJobs(yield* source.open, submitter)
    if (config.isLongRunning === true) yield* pipelines.resumeOrphaned
  })
  /** Every process that requests a job also recovers orphaned ones now and then, in the background. */
  const recoverAfter = (millis: number): Effect.Effect<void> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const isDue = yield* Ref.modify(recoveredAt, (last) => {
        const due = Math.abs(now - last) >= millis
        return [due, due ? now : last] as const
      })
      if (isDue) yield* Effect.forkIn(Effect.ignore(recover), scope)
    })
  const recoverNow = recoverAfter(60_000)
  // Reading a task works without a ledger; only a paid request does not.
  const readable = Effect.option(source.open)
  const pollingContext: PollingContext = {
    ledger: readable,
    ...shared,
    principal,
    onEnded: limiter.release,
    onOrphaned: recoverAfter(10_000)
  }
  const poller = makePoller(pollingContext, scope)

  const jobOfResult = (id: string) => findByResult(readable, kling, principal, id)

  const pipelines = makePipelines({
    open: source.open,
    kling,
    principal,
    limits,
    steps: (ledger) =>
      stepJobs(
        {
          submitter,
          follow: (handle) => followJob(pollingContext, poller, handle, undefined),
          recover: (opened) => Effect.forkIn(Effect.ignore(recoverOrphaned(opened, submitter)), scope)
        },
        ledger
      ),
    poll: (handle) => jobStatus(pollingContext, handle),
    scope
  })

  const statusOf = (id: string): Effect.Effect<Job, KlingError | LedgerError> =>
    isPipeline(id)
      ? pipelines.status(id)
      : jobStatus(pollingContext, id).pipe(Effect.catchIf(isNotFound, () => jobOfResult(id)))
  const followed = (id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError> =>
    isPipeline(id)
      ? pipelines.follow(id)
      : followJob(pollingContext, poller, id, operation).pipe(
          Stream.catchIf(isNotFound, () => Stream.fromEffect(jobOfResult(id)))
        )

  /** Fails before anything is paid if the results would not fit on the disk. */
  const requireDiskSpace = (folder: string = config.outputDir) =>
    checkDiskSpace(folder, minFreeBytes).pipe(
      Effect.provideContext(files),
      Effect.flatMap((detail) => (detail === undefined ? Effect.void : jobError({ _tag: "NoSpace", detail })))
    )

  const submit = Effect.fnUntraced(function* (plan: Plan, options?: SubmitJobOptions) {
    yield* requireDiskSpace(options?.folder)
    const ledger = yield* source.open
    yield* recoverNow
    return yield* submitJob(ledger, submitter, plan, options)
  })

  const withRecord = (job: Job) =>
    Effect.gen(function* () {
      const ledger = yield* readable
      if (Option.isNone(ledger)) return job
      const record = yield* Effect.option(ledger.value.get(job.handle, principal))
      return Option.match(record, { onNone: () => job, onSome: (found) => ({ ...job, record: found }) })
    })

  const media = (field: string, rule: MediaRule | MediaRule["kind"], mediaSource: MediaSource) =>
    Effect.provideContext(readMediaInput(field, rule, mediaSource, mediaConfig), files)

  const download = Effect.fnUntraced(function* (job: Job, options: DownloadOptions = {}) {
    const recorded = yield* withRecord(job)
    const saved = yield* Effect.provideContext(downloadJob(recorded, mediaConfig, options), files)
    const ledger = yield* readable
    if (Option.isSome(ledger)) yield* Effect.ignore(recordFetched(ledger.value, principal, recorded, saved))
    return saved
  })

  const mediaOf = (operation: AnyOperation, input: Fields) =>
    Effect.provideContext(readOperationMedia(operation, input, mediaConfig), files)
  const status = (id: string) => Effect.andThen(recoverNow, statusOf(id))
  const refined = (plan: Plan) => Effect.provideService(refineQuote(plan, principal), LedgerSource, source)
  const planContext = planContextOf<JobError | LedgerError>({
    credential: kling.credential,
    image: (field, given) => media(field, "image", given),
    media: mediaOf,
    task: (id) => Effect.map(status(id), ({ task }) => task),
    refineQuote: refined
  })

  return Jobs.of({
    config,
    media,
    mediaOf,
    refineQuote: refined,
    plan: (request, given, nameOf) => planRequest(request, given, nameOf, planContext),
    submit,
    call: (plan, options) =>
      Effect.flatMap(Effect.andThen(requireDiskSpace(), source.open), (ledger) =>
        callJob(ledger, submitter, plan, options)
      ),
    // A program without limits can quote without a ledger.
    checkBudget: (plan) =>
      limits.maxUsdPerCall === undefined && limits.maxUsdPerDay === undefined
        ? Effect.void
        : Effect.flatMap(source.open, (ledger) => checkLimits(ledger, submitter, plan.quote)),
    approve: (plan) =>
      Effect.gen(function* () {
        const ledger = yield* source.open
        return yield* ledger.issueApproval(yield* approvedOf(principal, plan), approvalSeconds)
      }),
    revokeApproval: (approval) => Effect.flatMap(source.open, (ledger) => ledger.revokeApproval(approval)),
    startPipeline: (plan, options) =>
      Effect.andThen(Effect.andThen(requireDiskSpace(), recoverNow), pipelines.start(plan, options)),
    resumePipeline: (handle, options) => Effect.andThen(recoverNow, pipelines.resume(handle, options)),
    pipelines: pipelines.list,
    status,
    follow: (id, operation) => Stream.unwrap(Effect.as(recoverNow, followed(id, operation))),
    receiveCallback: (callback) =>
      Effect.flatMap(source.open, (ledger) => receiveCallback(ledger, pollingContext, kling.account, callback)),
    list: (filter) =>
      Stream.mapEffect(kling.tasks(filter), (task) => withRecord({ handle: task.externalId ?? task.id, task })),
    history: (filter) => Effect.flatMap(source.open, (ledger) => ledger.list({ principal, ...filter })),
    download,
    preview: (job) =>
      Effect.provideContext(
        previewJob(job, { klingIsLocal: kling.isLocal, privateHosts: config.privateHosts ?? [] }),
        files
      ),
    recover
  })
})
