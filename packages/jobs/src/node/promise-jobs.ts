import {
  type InputOfId,
  type KlingError,
  type Operation,
  type OperationId,
  operations,
  type OutputOfId,
  type PromiseClientOptions,
  type Quote,
  type SynchronousOperationId,
  type TaskFilter,
  type TaskOperationId
} from "@klingkit/core"
import { rethrowAboutTask, wrongMethod } from "@klingkit/core/internal"
import { planVariants } from "@klingkit/core/requests"
import type { FetchProgress } from "@klingkit/media"
import { Cause, Duration, Effect, Exit, Fiber, ManagedRuntime, Option, Ref, Stream, Struct } from "effect"
import { Account } from "../accounts/account.ts"
import type { JobFolders } from "../config.ts"
import type { SavedResult } from "../downloads.ts"
import type { Job } from "../job.ts"
import { jobError, type JobError } from "../job-error.ts"
import { Jobs, type RunOptions } from "../jobs.ts"
import type { DaySpend } from "../ledger/day-spend.ts"
import type { JobFilter, JobPage } from "../ledger/find-jobs.ts"
import { notFinished } from "../not-finished.ts"
import type { Resolution } from "../orphans/orphans.ts"
import type { DownloadOptions } from "../results/download-job.ts"
import type { SpendLimits } from "../spend-limits.ts"
import type { SpendSearch } from "../spend-period.ts"
import type { SpendReport } from "../submit/spend-gate.ts"
import type { RunResult } from "../submit/run-result.ts"
import { jobsFromOptions } from "./jobs-from-options.ts"
import { type JobMethods, jobMethods } from "./request-methods.ts"
import {
  absoluteFolder,
  type Cancellable,
  type Run,
  runSubmission,
  type SubmissionOptions,
  submissionUnknown,
  type Variants
} from "./submission.ts"

/** Each missing option is read from the environment; a credential is taken from one source as a whole. */
export interface PromiseJobsOptions
  extends PromiseClientOptions, Partial<Pick<JobFolders, "outputDir" | "inputDirs" | "nameTemplate" | "privateHosts">> {
  /** A name for the Kling account, the same for all of its keys: a rotated key finds the jobs of the one before. */
  readonly account?: string
  readonly limits?: SpendLimits
  /** The folder of the ledger file, `ledger.db`. */
  readonly ledgerDir?: string
  /** `postgres://...`: the ledger in PostgreSQL instead of a file. */
  readonly databaseUrl?: string
  /** The owner of these jobs, for programs that serve several users: each sees only their own. Defaults to `local`. */
  readonly principal?: string
}

interface DeprecatedOptions {
  /** @deprecated Use `allowDuplicate`. */
  readonly allowRepeat?: boolean
}

export interface PromiseCallOptions
  extends Pick<RunOptions, "allowDuplicate" | "approval" | "isApproved" | "take">, Cancellable, DeprecatedOptions {}

export interface PromiseSubmitOptions extends SubmissionOptions, DeprecatedOptions {}

export interface PromiseDownloadOptions extends Omit<DownloadOptions, "onProgress">, Cancellable {
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => void
}

export interface WaitOptions extends Cancellable {
  /** Rejects with a `JobError` (`NotFinished`) after this time; the job continues, and its money is in the error's `job`. */
  readonly timeout?: Duration.Input
  readonly onJob?: (job: Job) => void
}

/**
 * Durable jobs for programs without Effect. Promises reject with `KlingError`, `JobError` or `LedgerError`, with the
 * reason of their signal, or with what one of their callbacks threw. Images and audio in an input may be files.
 */
export interface PromiseJobs extends JobMethods, AsyncDisposable {
  /** The price of a request, and its upper bound in `upperBound`; sends nothing. */
  quote<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable & Variants): Promise<Quote>
  /** Approves exactly this request: returns a token that is valid once, for ten minutes. */
  approve<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable & Variants): Promise<string>
  /**
   * Submits a request that makes a task once, within the limits. Once it is persisted, aborting the signal rejects with `SubmissionUnknown`,
   * whose external id is the handle; the submission continues, also when a callback throws.
   */
  submit<Id extends TaskOperationId>(id: Id, input: InputOfId<Id>, options?: PromiseSubmitOptions): Promise<Job>
  /** Calls a synchronous operation; a paid one is subject to the limits and never sent twice. */
  call<Id extends SynchronousOperationId>(
    id: Id,
    input: InputOfId<Id>,
    options?: PromiseCallOptions
  ): Promise<OutputOfId<Id>>
  /** By handle, by Kling's task id, or by the id of one of its results. */
  status(id: string, options?: Cancellable): Promise<Job>
  /** Settles a job whose outcome is unknown: by the id of the task that it made, or by the user's word that it made none. */
  resolve(handle: string, resolution: Resolution, options?: Cancellable): Promise<Job>
  /** Resolves when the job has finished, whether it succeeded or failed. */
  wait(id: string, options?: WaitOptions): Promise<Job>
  /** The job at every poll, until it has finished. */
  follow(id: string, options?: Cancellable): AsyncIterable<Job>
  /** All tasks of the account at Kling, newest first, joined with the ledger. */
  list(filter?: TaskFilter, options?: Cancellable): AsyncIterable<Job>
  /** Jobs in the ledger, filtered by state, model, time or prompt text. */
  history(filter?: Omit<JobFilter, "principal">): Promise<JobPage>
  /** What today's requests (UTC) cost or may still cost, as the limits count it, and what is left of the limit per day. */
  spend(options?: Cancellable): Promise<DaySpend>
  /** The same of some days (UTC), with what Kling charged in units; by day, model or operation where that is asked for. */
  spend(search: NamedDays, options?: Cancellable): Promise<SpendReport>
  /** Downloads all results of a finished job, options as a job or a handle. An interrupted download can be repeated. */
  download(job: Job | string, options?: PromiseDownloadOptions): Promise<ReadonlyArray<SavedResult>>
  /** Names the account of this credential, or the one that paid for a job. Equal names are one account. */
  nameAccount(name: string, options?: Cancellable & { readonly job?: string }): Promise<void>
  /** Says that this credential is of the account that paid for a job, which is not known by itself. */
  linkAccount(job: string, options?: Cancellable): Promise<void>
  /**
   * Releases all resources, once Kling has answered the requests that were sent and the answers are persisted: within 95
   * seconds. Calls that still wait reject, with `SubmissionUnknown` if they pay; queued requests are not sent.
   */
  close(): Promise<void>
}

/** Creates durable jobs from options; missing ones are read from the environment (`KLINGAI_API_KEY`, `KLINGKIT_*`). */
export const createJobs = (options: PromiseJobsOptions = {}): PromiseJobs => {
  const runtime = ManagedRuntime.make(jobsFromOptions(options))
  const run: Run = async (effect, { signal } = {}, onAborted = () => signal?.reason) => {
    signal?.throwIfAborted()
    const exit = await runtime.runPromiseExit(effect, signal === undefined ? {} : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    // Interrupted by its signal, or because the jobs are closing.
    const reason = Cause.hasInterruptsOnly(exit.cause) ? onAborted() : undefined
    throw reason ?? Cause.squash(exit.cause)
  }
  const iterate = async function* <A, E>(stream: Stream.Stream<A, E, Jobs>, options: Cancellable = {}) {
    const context = await run(Effect.context<Jobs>(), options)
    const { signal } = options
    const untilAborted = signal === undefined ? stream : Stream.interruptWhen(stream, aborted(signal))
    yield* Stream.toAsyncIterableWith(untilAborted, context)
    signal?.throwIfAborted()
  }

  function spend(options?: Cancellable): Promise<DaySpend>
  function spend(search: NamedDays, options?: Cancellable): Promise<SpendReport>
  function spend(asked: NamedDays | Cancellable = {}, options?: Cancellable): Promise<DaySpend | SpendReport> {
    if (isSpendSearch(asked))
      return run(
        Jobs.use((jobs) => jobs.spend(asked)),
        options
      )
    return run(
      Jobs.use((jobs) => jobs.spend()),
      asked
    )
  }

  return {
    ...jobMethods(run),
    quote: (id, input, options) =>
      run(
        Effect.map(planRequest(id, input, options), ({ quote }) => quote),
        options
      ),
    approve: (id, input, options) =>
      run(
        Effect.flatMap(planRequest(id, input, options), (plan) => Jobs.use((jobs) => jobs.approve(plan))),
        options
      ),
    async submit(id, input, options = {}) {
      if (operationOf(id).kind !== "create") throw wrongMethod(id, "call")
      const plan = await run(planRequest(id, input), options)
      return runSubmission(run, plan, withCurrentNames(options))
    },
    async call(id, input, options) {
      if (operationOf(id).kind === "create") throw wrongMethod(id, "submit")
      const plan = await run(planRequest(id, input), options)
      const { operation } = plan
      const execution = Jobs.use((jobs) => jobs.run(plan, withCurrentNames(options ?? {})))
      if (!operation.billed) return (await run(Effect.flatMap(execution, answerOf), options)) as never
      // The caller may stop waiting for a paid call; the call itself always runs to completion.
      const detached = Effect.flatMap(Effect.forkDetach(execution), Fiber.join)
      return (await run(Effect.flatMap(detached, answerOf), options, () => submissionUnknown(operation))) as never
    },
    status: (id, options) =>
      run(
        Jobs.use((jobs) => jobs.status(id)),
        options
      ).catch(rethrowAboutTask(id)),
    resolve: (handle, resolution, options) =>
      run(
        Jobs.use((jobs) => jobs.resolve(handle, resolution)),
        options
      ),
    wait: (id, options = {}) => run(waitForJob(id, options), options).catch(rethrowAboutTask(id)),
    async *follow(id, options) {
      await run(Effect.context<Jobs>(), options).catch(rethrowAboutTask(id))
      yield* iterate(followJob(id), options)
    },
    list: (filter, options) => iterate(Stream.unwrap(Jobs.useSync((jobs) => jobs.list(filter))), options),
    history: (filter) => run(Jobs.use((jobs) => jobs.history(filter))),
    spend,
    download: (job, options = {}) =>
      run(
        Jobs.use((jobs) =>
          Effect.flatMap(
            Effect.timed(typeof job === "string" ? jobs.status(job) : Effect.succeed(job)),
            ([spent, found]) =>
              jobs.download(found, {
                ...options,
                ...absoluteFolder(options.folder),
                ...(options.timeout === undefined
                  ? {}
                  : { timeout: Duration.millis(Duration.toMillis(options.timeout) - Duration.toMillis(spent)) }),
                onProgress: (progress) => Effect.sync(() => options.onProgress?.(progress))
              })
          )
        ),
        options
      ).catch(rethrowAboutTask(typeof job === "string" ? job : job.handle)),
    nameAccount: (name, options = {}) =>
      run(
        Account.use((account) => account.name(name, options.job)),
        options
      ),
    linkAccount: (job, options) =>
      run(
        Account.use((account) => account.link(job)),
        options
      ),
    close: () => runtime.dispose(),
    [Symbol.asyncDispose]: () => runtime.dispose()
  }
}

/** A search that names something: `spend({})` is the account of today. */
type NamedDays = {
  readonly [Key in keyof SpendSearch]-?: SpendSearch & { readonly [Named in Key]: SpendSearch[Named] }
}[keyof SpendSearch]

const isSpendSearch = (asked: NamedDays | Cancellable): asked is NamedDays =>
  "since" in asked || "until" in asked || "by" in asked

/** The request as it would be sent, with its files read, validated and priced: the same for quote, approval and submission. */
const planRequest = Effect.fnUntraced(function* (
  id: OperationId,
  input: Readonly<Record<string, unknown>>,
  { variants }: Variants = {}
) {
  const jobs = yield* Jobs
  return yield* planVariants(yield* jobs.plan(operationOf(id), input), { variants })
})

/** The answer of a call. A duplicate, where duplicates are refused, fails. */
const answerOf = (result: RunResult): Effect.Effect<unknown, KlingError | JobError> => {
  switch (result._tag) {
    case "Answer":
      return Effect.succeed(result.answer)
    case "Job":
      return Effect.die(new Error("a call makes no task"))
    case "Duplicate":
      return jobError({ _tag: "Duplicate", taskId: result.job.handle, ...Struct.pick(result.job, ["nextTake"]) })
  }
}

// The id types input and output for the caller; internally, operations accept any validated record.
const operationOf = (id: OperationId) => operations[id] as Operation

const withCurrentNames = <Options extends DeprecatedOptions & { readonly allowDuplicate?: boolean }>({
  allowRepeat,
  ...options
}: Options) => (allowRepeat === undefined ? options : { allowDuplicate: allowRepeat, ...options })

const waitForJob = Effect.fnUntraced(function* (id: string, { timeout, onJob }: WaitOptions) {
  const latest = yield* Ref.make<Job | undefined>(undefined)
  const finished = followJob(id).pipe(
    Stream.tap((job) => Ref.set(latest, job)),
    Stream.tap((job) => Effect.sync(() => onJob?.(job))),
    Stream.runLast,
    Effect.map(Option.getOrThrow)
  )
  if (timeout === undefined) return yield* finished
  return yield* Effect.timeoutOrElse(finished, {
    duration: timeout,
    orElse: () => Effect.flatMap(Ref.get(latest), (job) => notFinished(id, job))
  })
})

const followJob = (id: string) => Stream.unwrap(Jobs.useSync((jobs) => jobs.follow(id)))

const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const onAbort = () => resume(Effect.void)
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })
