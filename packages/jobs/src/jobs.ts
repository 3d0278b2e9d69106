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
import { Clock, Context, Effect, type FileSystem, Layer, Option, type Path, Ref, Scope, Stream } from "effect"
import { filmsOf } from "./chains/chain-job.ts"
import type { ChainPlan } from "./chains/chain-plan.ts"
import {
  type BeginChainOptions,
  type ChainError,
  isChain,
  makeChains,
  type ResumeChainOptions
} from "./chains/chains.ts"
import { stepJobs } from "./chains/step-jobs.ts"
import type { JobsConfig } from "./config.ts"
import { downloadJob, type DownloadOptions } from "./files/download-job.ts"
import { shortOfSpace } from "./files/disk-space.ts"
import type { FileHost } from "./files/file-host.ts"
import type { SavedFile } from "./files/save-result.ts"
import { readMediaInput } from "./inputs/media-input.ts"
import type { MediaSource } from "./inputs/media-source.ts"
import { readOperationMedia } from "./inputs/operation-media.ts"
import { priceByLength } from "./inputs/price-by-length.ts"
import type { Job } from "./job.ts"
import { jobError, type JobError } from "./job-error.ts"
import type { JobFilter, JobPage } from "./ledger/find-jobs.ts"
import type { Ledger } from "./ledger/ledger.ts"
import { LedgerSource } from "./ledger/ledger-source.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { Preview } from "./preview/draw-preview.ts"
import { previewJob } from "./preview/preview-job.ts"
import { approvedOf } from "./submit/approval.ts"
import { callJob, type CallJobOptions } from "./submit/call-job.ts"
import { checkLimits } from "./submit/check-limits.ts"
import { recoverJobs, takeUp } from "./submit/recover-jobs.ts"
import { makeSlotQueue, type SlotQueue } from "./submit/slot-queue.ts"
import { submitJob, type SubmitJobOptions } from "./submit/submit-job.ts"
import { makeAlarms } from "./watch/alarms.ts"
import { findByResult } from "./watch/find-by-result.ts"
import { followJob } from "./watch/follow-job.ts"
import { jobStatus } from "./watch/job-status.ts"
import { makeLooks } from "./watch/looks.ts"
import { makePoller } from "./watch/poller.ts"
import { receiveCallback } from "./watch/receive-callback.ts"
import { lookTogether, type Watching } from "./watch/sight.ts"

/** A paid Kling request from plan to files, durable from before it is sent. Its handle finds it from any program. */
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
    /** The plan priced by the length of its clip or sound, where that is known here; else as it is. */
    priced(plan: Plan): Effect.Effect<Plan>
    /** Sends a plan once, within the limits; the same request a moment later is the same job. */
    submit(plan: Plan, options?: SubmitJobOptions): Effect.Effect<Job, KlingError | JobError | LedgerError>
    /** Runs a paid operation that answers at once, within the limits; gives what it answers. It is never sent twice. */
    call(plan: Plan, options?: CallJobOptions): Effect.Effect<unknown, KlingError | JobError | LedgerError>
    /** Whether a plan fits the limits of a call and of today as they stand now; nothing is reserved. */
    fits(plan: Plan): Effect.Effect<void, LedgerError>
    /** Begins several paid steps as one: within the limits as a whole, gone on with until it ends or a step fails. */
    begin(chain: ChainPlan, options?: BeginChainOptions): Effect.Effect<Job, ChainError>
    /** Lets a chain go on whose step has failed; what was paid is not paid again. */
    resume(handle: string, options?: ResumeChainOptions): Effect.Effect<Job, ChainError>
    /** Chains in the ledger, newest first. */
    readonly chains: Effect.Effect<ReadonlyArray<Job>, LedgerError>
    /** A token that lets exactly this plan pass above the price that needs a yes: once, for ten minutes. */
    approve(plan: Plan): Effect.Effect<string, LedgerError>
    /** Takes the approval of a token back. */
    withdraw(approval: string): Effect.Effect<void, LedgerError>
    /**
     * By handle, by Kling's own id of the task, or by that of a result of it. A chain is looked at only: whoever follows
     * it goes on with it.
     */
    status(id: string): Effect.Effect<Job, KlingError | LedgerError>
    /** The job at every look, until it has ended. */
    follow(id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError>
    /**
     * Takes in a call of Kling (`callback_url`) as it came over the wire: checks its signature, moves the job that it is
     * about and wakes who waits for it; from then on that job is looked at rarely. False: it is about no job of this ledger.
     */
    receiveCallback(callback: Omit<SignedCallback, "nowMs">): Effect.Effect<boolean, CallbackError | LedgerError>
    /** Tasks at Kling, newest first, whoever made them; with what the ledger knows of them. */
    list(filter?: TaskFilter): Stream.Stream<Job, KlingError>
    /** Jobs in the ledger: by state, model, time, words of the prompt. */
    history(filter?: JobFilter): Effect.Effect<JobPage, LedgerError>
    /** Fetches all results of a finished job, each beside a `.json` that says where it came from. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedFile>, JobError>
    /** A small picture of the pictures that a finished task has made. */
    preview(job: Job): Effect.Effect<Preview, JobError>
    /** Goes on with what an earlier program left in the middle; also begins by itself when the first job is asked for. */
    readonly recover: Effect.Effect<void, LedgerError>
  }
>()("@klingkit/jobs/Jobs") {
  static readonly layer = (
    config: JobsConfig
  ): Layer.Layer<Jobs, never, Kling | LedgerSource | FileHost | FileSystem.FileSystem | Path.Path> =>
    Layer.effect(Jobs, make(config))
}

/** Kling does not say how large a result will be; a long film in 4K fits in here. */
const roomBytes = 100 * 1000 ** 2

/** Writes down which files a job has on this machine; those of a chain are its last steps'. */
const recordFetched = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  principal: string,
  { record, chain }: Job,
  saved: ReadonlyArray<SavedFile>
) {
  const handles =
    chain === undefined ? [record?.handle] : chain.steps.map((step) => (step.isResult ? step.handle : undefined))
  const left = [...saved]
  for (const handle of handles) {
    if (handle === undefined) continue
    const files = record === undefined ? filmsOf(yield* ledger.get(handle, principal)) : saved
    yield* ledger.addFiles(
      handle,
      left.splice(0, files.length).map(({ path, bytes, sha256, mimeType }) => ({ path, bytes, sha256, mimeType }))
    )
    yield* ledger.transition(handle, ["SUCCEEDED"], "FETCHED")
  }
})

/** An approval is for the price that was shown a moment ago. */
const approvalSeconds = 600

const isNotFound = (error: KlingError): boolean => error.reason._tag === "TaskNotFound"

const make = Effect.fnUntraced(function* (config: JobsConfig) {
  const kling = yield* Kling
  const source = yield* LedgerSource
  const files = yield* Effect.context<FileHost | FileSystem.FileSystem | Path.Path>()
  const { limits, principal } = config
  const mediaConfig = { ...config, klingIsLocal: kling.isLocal }
  const owner = yield* Effect.sync(() => crypto.randomUUID())
  const shown = { looks: makeLooks(kling), alarms: makeAlarms() }
  const queue: SlotQueue = makeSlotQueue((ledger, handles) =>
    lookTogether({ ...shown, onEnded: queue.freed }, ledger, handles)
  )
  const submitter = { kling, queue, owner, principal, limits }
  const recoveredAt = yield* Ref.make(-Infinity)

  const recover: Effect.Effect<void, LedgerError> = Effect.gen(function* () {
    yield* Ref.set(recoveredAt, yield* Clock.currentTimeMillis)
    yield* recoverJobs(yield* source.open, kling, queue, owner)
    if (config.isResident === true) yield* chains.left
  })
  /** What another program left is taken up by whoever asks for a job, once in a while; nobody waits for it. */
  const recoverAfter = (millis: number): Effect.Effect<void> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const isDue = yield* Ref.modify(recoveredAt, (last) => {
        const due = Math.abs(now - last) >= millis
        return [due, due ? now : last] as const
      })
      if (isDue) yield* Effect.forkDetach(Effect.ignore(recover))
    })
  const recoverNow = recoverAfter(60_000)
  // Looking at a task works without a ledger; only a paid request does not.
  const readable = Effect.option(source.open)
  const watching: Watching = {
    ledger: readable,
    ...shown,
    principal,
    onEnded: queue.freed,
    onAbandoned: recoverAfter(10_000)
  }
  const poller = makePoller(watching, yield* Scope.Scope)

  const madeWith = (id: string) => findByResult(readable, kling, principal, id)

  const chains = makeChains({
    open: source.open,
    kling,
    principal,
    limits,
    steps: (ledger) =>
      stepJobs(
        {
          submitter,
          follow: (handle) => followJob(watching, poller, handle, undefined),
          recover: (left) => takeUp(left, kling, queue, owner)
        },
        ledger
      ),
    look: (handle) => jobStatus(watching, handle)
  })

  const statusOf = (id: string): Effect.Effect<Job, KlingError | LedgerError> =>
    isChain(id) ? chains.status(id) : jobStatus(watching, id).pipe(Effect.catchIf(isNotFound, () => madeWith(id)))
  const followed = (id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError> =>
    isChain(id)
      ? chains.follow(id)
      : followJob(watching, poller, id, operation).pipe(
          Stream.catchIf(isNotFound, () => Stream.fromEffect(madeWith(id)))
        )

  /** What is paid for must find room; said before it is paid. */
  const requireRoom = (folder: string = config.outputDir) =>
    shortOfSpace(folder, roomBytes).pipe(
      Effect.provideContext(files),
      Effect.flatMap((detail) => (detail === undefined ? Effect.void : jobError({ _tag: "NoSpace", detail })))
    )

  const submit = Effect.fnUntraced(function* (plan: Plan, options?: SubmitJobOptions) {
    yield* requireRoom(options?.folder)
    const ledger = yield* source.open
    yield* recoverNow
    return yield* submitJob(ledger, submitter, plan, options)
  })

  const withRecord = (job: Job) =>
    Effect.gen(function* () {
      const ledger = yield* readable
      if (Option.isNone(ledger)) return job
      const record = yield* Effect.option(ledger.value.get(job.handle, principal))
      return Option.match(record, { onNone: () => job, onSome: (known) => ({ ...job, record: known }) })
    })

  const media = (field: string, rule: MediaRule | MediaRule["kind"], given: MediaSource) =>
    Effect.provideContext(readMediaInput(field, rule, given, mediaConfig), files)

  const download = Effect.fnUntraced(function* (job: Job, options: DownloadOptions = {}) {
    const known = yield* withRecord(job)
    const saved = yield* Effect.provideContext(downloadJob(known, mediaConfig, options), files)
    const ledger = yield* readable
    if (Option.isSome(ledger)) yield* Effect.ignore(recordFetched(ledger.value, principal, known, saved))
    return saved
  })

  return Jobs.of({
    config,
    media,
    mediaOf: (operation, input) => Effect.provideContext(readOperationMedia(operation, input, mediaConfig), files),
    picture: (field, given) => media(field, "image", given),
    priced: (plan) => Effect.provideService(priceByLength(plan, principal), LedgerSource, source),
    submit,
    call: (plan, options) =>
      Effect.flatMap(Effect.andThen(requireRoom(), source.open), (ledger) => callJob(ledger, submitter, plan, options)),
    // A program without limits can quote without a ledger.
    fits: (plan) =>
      limits.maxUsdPerCall === undefined && limits.maxUsdPerDay === undefined
        ? Effect.void
        : Effect.flatMap(source.open, (ledger) => checkLimits(ledger, submitter, plan.quote)),
    approve: (plan) =>
      Effect.gen(function* () {
        const ledger = yield* source.open
        return yield* ledger.issueApproval(yield* approvedOf(principal, plan), approvalSeconds)
      }),
    withdraw: (approval) => Effect.flatMap(source.open, (ledger) => ledger.withdrawApproval(approval)),
    begin: (plan, options) => Effect.andThen(Effect.andThen(requireRoom(), recoverNow), chains.begin(plan, options)),
    resume: (handle, options) => Effect.andThen(recoverNow, chains.resume(handle, options)),
    chains: chains.list,
    status: (id) => Effect.andThen(recoverNow, statusOf(id)),
    follow: (id, operation) => Stream.unwrap(Effect.as(recoverNow, followed(id, operation))),
    receiveCallback: (callback) =>
      Effect.flatMap(source.open, (ledger) => receiveCallback(ledger, watching, kling.account, callback)),
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
