import {
  type AnyOperation,
  type CallbackError,
  Kling,
  type KlingError,
  type Plan,
  type Quote,
  type TaskFilter
} from "@klingkit/core"
import { isPipeline as isPipelinePlan, type PipelinePlan } from "@klingkit/core/requests"
import type { FileHost, Preview } from "@klingkit/media"
import { Context, Effect, type FileSystem, Layer, type Path, Stream } from "effect"
import { Account } from "./accounts/account.ts"
import { type JobsConfig, jobsConfig } from "./config.ts"
import { Downloads, type SavedResult } from "./downloads.ts"
import { findByKeys } from "./find-by-keys.ts"
import type { Job } from "./job.ts"
import type { JobError } from "./job-error.ts"
import { moneyOfRecord } from "./job-money.ts"
import { services } from "./layer.ts"
import type { ApprovalQuestion, ApprovalRequest } from "./ledger/approval-requests.ts"
import type { DaySpend } from "./ledger/day-spend.ts"
import type { JobFilter, JobPage } from "./ledger/find-jobs.ts"
import { Ledger } from "./ledger/ledger.ts"
import type { LedgerError } from "./ledger/ledger-error.ts"
import type { LedgerSource } from "./ledger/ledger-source.ts"
import { listedJobs } from "./listed-jobs.ts"
import { Orphans, type Resolution } from "./orphans/orphans.ts"
import { isPipeline } from "./pipelines/pipeline-job.ts"
import type { PipelineIdentity } from "./pipelines/quote-pipeline.ts"
import { Pipelines, type ResumePipelineOptions } from "./pipelines/pipelines.ts"
import { makePlanner, type Planner } from "./planner.ts"
import { Polling } from "./polling/polling.ts"
import type { Callback } from "./polling/receive-callback.ts"
import { recordedJobs } from "./recorded-jobs.ts"
import { Recovery } from "./recovery/recovery.ts"
import { makeRepeatPlanner, type RepeatPlanner } from "./repeat-request.ts"
import type { DownloadOptions } from "./results/download-job.ts"
import { JobsSettings } from "./settings.ts"
import { unrecordedTask } from "./snapshots/unrecorded-task.ts"
import type { SpendSearch } from "./spend-period.ts"
import { RunResult } from "./submit/run-result.ts"
import { nameCheaper } from "./submit/cheaper-within-limit.ts"
import { type QuoteCheck, SpendGate, type SpendReport } from "./submit/spend-gate.ts"
import { Submission } from "./submit/submission.ts"
import { Snapshots } from "./snapshots/snapshots.ts"
import { unsavedJobs } from "./unsaved-jobs.ts"
import { approvalSeconds, UserApprovals } from "./user-approvals.ts"
import { wholes } from "./wholes.ts"
import type { SubmitJobOptions } from "./submit/submit-job.ts"

/** How a plan is run. Options that do not concern its kind have no effect. */
export interface RunOptions
  extends
    Omit<SubmitJobOptions, "partOf">,
    Pick<PipelineIdentity, "only" | "stepTakes" | "reuseSteps" | "retryFailed"> {}

/** Paid Kling requests from plan to files, persisted before they are sent. A job's handle finds it from any program. */
export class Jobs extends Context.Service<
  Jobs,
  {
    /** What a request or an operation asks of Kling, at what price, with its media read and measured; nothing is sent. */
    readonly plan: Planner<LedgerError>
    /** An earlier request, by any id of its job, planned again with some settings changed; nothing is sent. */
    readonly planRepeat: RepeatPlanner
    /** The price of a plan, whether it needs an approval, and whether the limits allow it now. Reserves nothing. */
    quote(plan: Plan): Effect.Effect<QuoteCheck>
    /** The sum of several plans, each of which is run by itself, and whether the limit per day allows all of them now. */
    quoteSum(plans: ReadonlyArray<Plan>): Effect.Effect<Omit<QuoteCheck, "approvalLimit">>
    /** Fails if the price of several plans together needs an approval that it does not have. Each has its own limits still. */
    requireApprovalOfSum(
      quote: Quote,
      approval: Pick<RunOptions, "isApproved" | "approval">
    ): Effect.Effect<void, JobError | LedgerError>
    /**
     * Runs a plan of any kind within the limits. A task or pipeline is started once: an identical one shortly after returns
     * the same job. Of several takes (`planVariants`) each is a job, in `takes`. A synchronous call is answered, and never sent twice.
     */
    run(plan: Plan | PipelinePlan, options?: RunOptions): Effect.Effect<RunResult, KlingError | JobError | LedgerError>
    /** Resumes a pipeline whose step has failed; paid steps are not paid again. */
    resume(handle: string, options?: ResumePipelineOptions): Effect.Effect<Job, KlingError | JobError | LedgerError>
    /**
     * Approves exactly this plan above the approval threshold: returns a token that is valid once, for ten minutes. Of a
     * pipeline it approves what `run` with these options would pay.
     */
    approve(
      plan: Plan | PipelinePlan,
      options?: PipelineIdentity
    ): Effect.Effect<string, KlingError | JobError | LedgerError>
    /** Asks the user to approve exactly this plan; once they have, `run` accepts the code of the question as its `approval`. */
    askApproval(
      plan: Plan | PipelinePlan,
      question: ApprovalQuestion,
      options?: PipelineIdentity
    ): Effect.Effect<ApprovalRequest, KlingError | JobError | LedgerError>
    /** By handle, by Kling's task id, or by the id of one of its results. Does not advance a pipeline; `follow` does. */
    status(id: string): Effect.Effect<Job, KlingError | LedgerError>
    /**
     * Settles a job whose outcome is unknown by the user's word: which task it made, or that it made none. Then its price is
     * no longer reserved, and the same request is a new one.
     */
    resolve(handle: string, resolution: Resolution): Effect.Effect<Job, KlingError | LedgerError>
    /** The job at every poll, until it has finished. */
    follow(id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError>
    /** All tasks of the account at Kling, newest first, joined with the ledger. */
    list(filter?: TaskFilter): Stream.Stream<Job, KlingError>
    /** The same jobs, with a pipeline in place of its steps: where the first of them stands, and once. */
    wholes<E>(jobs: Stream.Stream<Job, E>): Stream.Stream<Job, E>
    /** Jobs in the ledger, filtered by state, model, time or prompt text. */
    history(filter?: JobFilter): Effect.Effect<JobPage, LedgerError>
    /**
     * The jobs of the last 30 days whose results are not saved, or will be made: newest first, a pipeline in place of its steps.
     * Asks Kling once, for all that run.
     */
    unsaved(): Effect.Effect<ReadonlyArray<Job>, LedgerError>
    /** What today's requests (UTC) cost or may still cost, as the limits count it, and what is left of the limit per day. */
    spend(): Effect.Effect<DaySpend, LedgerError>
    /** The same of some days (UTC), with what Kling charged in units; by day, model or operation where that is asked for. */
    spend(search: SpendSearch): Effect.Effect<SpendReport, KlingError | LedgerError>
    /** The jobs of these handles as the ledger has them; what it does not have is left out. Asks Kling nothing. */
    recorded(handles: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Job>, LedgerError>
    /** What the ledger has under each of the caller's own keys. Asks Kling nothing. */
    findByKeys(keys: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, Job>, LedgerError>
    /** Downloads all results of a finished job, each with a `.json` that describes its origin; of a pipeline by step. */
    download(job: Job, options?: DownloadOptions): Effect.Effect<ReadonlyArray<SavedResult>, JobError>
    /** A small preview of the images of a finished task, or of frames of its video. */
    preview(job: Job): Effect.Effect<Preview, JobError>
    /**
     * Handles a callback of Kling (`callback_url`) as received: verifies its signature, updates its job and notifies those
     * who follow it; from then on that job is polled rarely. Returns false if the callback concerns no job of this ledger.
     */
    receiveCallback(callback: Callback): Effect.Effect<boolean, CallbackError | LedgerError>
    /**
     * Asks Kling about the running tasks of the account, of any principal, whose next poll is due, and recovers what dead
     * processes have left. Repeated every few seconds, it makes jobs end in the ledger although no caller waits for them.
     */
    pollDue(): Effect.Effect<void, LedgerError>
  }
>()("@klingkit/jobs/Jobs") {
  /** Brings along the services that embedders use beside `Jobs`; the others stay inside. */
  static readonly layer = (
    config: JobsConfig
  ): Layer.Layer<Shown, never, Kling | LedgerSource | FileHost | FileSystem.FileSystem | Path.Path> =>
    Layer.unwrap(
      // Each program has services of its own, also where several run in one process.
      Effect.sync(() =>
        Layer.effectContext(
          Effect.gen(function* () {
            const context = yield* Effect.context<Shown>()
            return Context.pick(Jobs, Account, JobsSettings, Pipelines, Recovery, UserApprovals)(context)
          })
        ).pipe(Layer.provide(Layer.provideMerge(Layer.effect(Jobs, make), services(config))), Layer.fresh)
      )
    )

  /** The same with folders and limits from the environment: `KLINGKIT_OUTPUT_DIR`, `KLINGKIT_MAX_USD_PER_DAY` etc. */
  static readonly layerConfig = Layer.unwrap(Effect.map(jobsConfig, Jobs.layer))
}

/** What programs use beside `Jobs`. */
type Shown = Jobs | Account | JobsSettings | Pipelines | Recovery | UserApprovals

/** A process that only reads jobs recovers orphaned ones now and then; one that waits for jobs does so continuously. */
const recoverEveryMillis = 60_000

const make = Effect.gen(function* () {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const settings = yield* JobsSettings
  const downloads = yield* Downloads
  const gate = yield* SpendGate
  const submission = yield* Submission
  const orphans = yield* Orphans
  const recovery = yield* Recovery
  const polling = yield* Polling
  const pipelines = yield* Pipelines
  const userApprovals = yield* UserApprovals
  const lookups = Context.pick(
    Account,
    Downloads,
    Ledger,
    JobsSettings,
    Snapshots
  )(yield* Effect.context<Account | Downloads | Ledger | JobsSettings | Snapshots>())
  const recoverNow = recovery.runUnlessWithin(recoverEveryMillis)
  const recovering = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.scoped(Effect.andThen(recovery.hold, work))

  const status = (id: string): Effect.Effect<Job, KlingError | LedgerError> =>
    isPipeline(id)
      ? Effect.mapError(Effect.andThen(recoverNow, pipelines.status(id)), (error) => error.aboutTask(id))
      : Effect.andThen(recoverNow, polling.status(id))
  const followed = (id: string, operation?: AnyOperation): Stream.Stream<Job, KlingError | LedgerError> =>
    isPipeline(id)
      ? Stream.mapError(pipelines.follow(id), (error) => error.aboutTask(id))
      : polling.follow(id, operation)

  const plan = yield* makePlanner<LedgerError>({
    credential: kling.credential,
    config: { ...settings, klingIsLocal: kling.isLocal },
    job: status,
    uploads: settings.uploads,
    task: (id) => unrecordedTask(settings, id, (taskId) => kling.task(taskId))
  })

  const planRepeat = yield* makeRepeatPlanner({ plan, status })

  const approvedOf = (approved: Plan | PipelinePlan, options?: PipelineIdentity) =>
    isPipelinePlan(approved) ? pipelines.approvedOf(approved, options) : gate.approvedOf(approved)

  function spend(): Effect.Effect<DaySpend, LedgerError>
  function spend(search: SpendSearch): Effect.Effect<SpendReport, KlingError | LedgerError>
  function spend(search?: SpendSearch): Effect.Effect<DaySpend | SpendReport, KlingError | LedgerError> {
    return search === undefined ? gate.today : gate.spendOf(search)
  }

  /** Results that could not be saved, or would not fit on the disk, are not paid for. */
  const run = Effect.fnUntraced(function* (what: Plan | PipelinePlan, options: RunOptions = {}) {
    if (isPipelinePlan(what)) {
      yield* downloads.requireFolder(options.folder)
      return RunResult.Job({ job: yield* recovering(pipelines.start(what, options)) })
    }
    const { operation, variants } = what
    if (operation.kind === "create") {
      yield* downloads.requireFolder(options.folder)
      const submitted =
        variants === undefined
          ? submission.submit(what, options)
          : submission.submitTakes({ ...what, variants }, options)
      return RunResult.Job({ job: yield* recovering(submitted) })
    }
    if (!operation.billed) return RunResult.Answer({ answer: yield* kling.call(operation, what.input), receipt: {} })
    yield* downloads.requireFolder(options.folder)
    return yield* recovering(submission.call(what, options))
  })

  const withLinks = (result: RunResult): Effect.Effect<RunResult> =>
    result._tag === "Answer"
      ? Effect.succeed(result)
      : Effect.map(downloads.linked(result.job), (job) => ({ ...result, job }))
  /** Where there is a store for results, a caller that waits learns that a job has ended before they are in it. */
  const untilStored = (job: Job): Stream.Stream<Job> =>
    Stream.concat(
      Stream.succeed(job),
      Stream.filter(Stream.fromEffect(downloads.stored(job)), (later) => later !== job)
    )

  return Jobs.of({
    plan,
    planRepeat,
    quote: Effect.fnUntraced(function* (quoted) {
      const { overBudget, ...check } = yield* gate.check(quoted.quote)
      return overBudget === undefined ? check : { ...check, overBudget: yield* nameCheaper(quoted)(overBudget) }
    }),
    quoteSum: (plans) => gate.checkSum(plans.map(({ quote }) => quote)),
    requireApprovalOfSum: (quote, approval) => gate.requireApprovalOfSum(quote, approval),
    run: (what, options) =>
      Effect.flatMap(
        isPipelinePlan(what)
          ? run(what, options)
          : run(what, options).pipe(Effect.catch((error) => Effect.flatMap(nameCheaper(what)(error), Effect.fail))),
        withLinks
      ),
    resume: (handle, options) =>
      Effect.mapError(recovering(pipelines.resume(handle, options)), (error) =>
        error._tag === "LedgerError" ? error.aboutTask(handle) : error
      ),
    approve: (approved, options) =>
      Effect.flatMap(approvedOf(approved, options), (whole) => ledger.issueApproval(whole, approvalSeconds)),
    askApproval: (asked, question, options) =>
      Effect.flatMap(approvedOf(asked, options), (whole) => userApprovals.ask(whole, question)),
    status: (id) => Effect.flatMap(status(id), downloads.stored),
    resolve: Effect.fnUntraced(function* (handle, resolution) {
      const record = yield* Effect.mapError(ledger.get(handle, settings.principal), (error) => error.aboutTask(handle))
      yield* Effect.mapError(orphans.resolve(record, resolution), (error) => error.about(moneyOfRecord(record)))
      return yield* status(handle)
    }),
    follow: (id, operation) =>
      Stream.unwrap(Effect.as(recovery.hold, followed(id, operation))).pipe(Stream.flatMap(untilStored)),
    list: (filter) =>
      listedJobs(kling.tasks(filter)).pipe(Stream.provideContext(lookups), Stream.mapEffect(downloads.linked)),
    wholes: (jobs) => wholes(jobs, (handle) => Effect.flatMap(pipelines.status(handle), downloads.linked)),
    history: (filter) => ledger.list({ principal: settings.principal, ...filter }),
    unsaved: () => Effect.provideContext(unsavedJobs, lookups),
    spend,
    recorded: (handles) =>
      Effect.flatMap(Effect.provideContext(recordedJobs(handles), lookups), Effect.forEach(downloads.linked)),
    findByKeys: (keys) => Effect.provideContext(findByKeys(keys), lookups),
    download: (job, options) => downloads.download(job, options),
    preview: (job) => downloads.preview(job),
    receiveCallback: (callback) => polling.receiveCallback(callback),
    pollDue: () => recovering(polling.pollDue)
  })
})
