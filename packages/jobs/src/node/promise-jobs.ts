import {
  type InputOfId,
  Kling,
  KlingError,
  type Operation,
  type OperationId,
  operations,
  type OutputOfId,
  planOperation,
  type PromiseClientOptions,
  type Quote,
  type TaskFilter
} from "@klingkit/core"
import { Cause, Effect, Exit, Fiber, ManagedRuntime, Option, Stream } from "effect"
import { resolve } from "node:path"
import type { JobFolders } from "../config.ts"
import type { DownloadOptions } from "../files/download-job.ts"
import type { FetchProgress } from "../files/fetch-to-file.ts"
import type { SavedFile } from "../files/save-result.ts"
import type { Job } from "../job.ts"
import { Jobs } from "../jobs.ts"
import type { JobFilter, JobPage } from "../ledger/find-jobs.ts"
import type { SpendLimits } from "../spend-limits.ts"
import type { CallJobOptions } from "../submit/call-job.ts"
import type { QueuePlace } from "../submit/queue-place.ts"
import type { SubmitJobOptions } from "../submit/submit-job.ts"
import { jobsFromOptions } from "./jobs-from-options.ts"

/** What is not given comes from the environment, each for itself; only a credential is given whole. */
export interface PromiseJobsOptions
  extends PromiseClientOptions, Partial<Pick<JobFolders, "outputDir" | "inputDirs" | "nameTemplate" | "privateHosts">> {
  readonly limits?: SpendLimits
  /** The folder of the ledger, `ledger.db`. */
  readonly ledgerDir?: string
  /** `postgres://...`: the ledger in PostgreSQL in place of the file. */
  readonly databaseUrl?: string
  /** Whose jobs these are, for a program that serves several: nobody sees those of another. `local` when absent. */
  readonly principal?: string
}

interface Cancellable {
  /** Ends the waiting only: a job that has begun goes on, and its handle finds it. */
  readonly signal?: AbortSignal
}

export interface PromiseCallOptions
  extends Pick<CallJobOptions, "allowRepeat" | "approval" | "isApproved">, Cancellable {}

export interface PromiseSubmitOptions
  extends
    Pick<
      SubmitJobOptions,
      "allowRepeat" | "answerWithinSeconds" | "approval" | "folder" | "idempotencyKey" | "isApproved"
    >,
    Cancellable {
  /** Gets the handle when the request is written down, and is waited for before the first byte leaves. */
  readonly onHandle?: (handle: string) => void | Promise<void>
  /** All parallel places are taken: the request waits for one. */
  readonly onQueued?: (place: QueuePlace) => void | Promise<void>
}

export interface PromiseDownloadOptions extends Omit<DownloadOptions, "onProgress">, Cancellable {
  readonly onProgress?: (progress: FetchProgress & { readonly index: number }) => void
}

/**
 * Durable jobs for programs without Effect. Every promise rejects with `KlingError`, `JobError` or `LedgerError`, with the
 * reason of its own signal, or with what a callback of its own has thrown. Pictures and sounds of an input may be files.
 */
export interface PromiseJobs extends AsyncDisposable {
  /** The price of a request, and in `atMost` what it can come to; sends nothing. */
  quote<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable): Promise<Quote>
  /** A token that lets exactly this request pass above the price that needs a yes: once, for ten minutes. */
  approve<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable): Promise<string>
  /**
   * Sends a request once, within the limits. Once it has begun, an aborted signal rejects with `SubmissionUnknown`, whose
   * external id is the handle; the request goes on, and so it does when a callback throws.
   */
  submit<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: PromiseSubmitOptions): Promise<Job>
  /** Runs what answers at once; within the limits where it is paid, and then never sent twice. */
  call<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: PromiseCallOptions): Promise<OutputOfId<Id>>
  /** By handle, by Kling's own id of the task, or by that of a result of it. */
  status(id: string, options?: Cancellable): Promise<Job>
  /** Resolves when the job has ended, whether it succeeded or failed. */
  wait(id: string, options?: Cancellable & { readonly onJob?: (job: Job) => void }): Promise<Job>
  /** The job at every look, until it has ended. */
  follow(id: string, options?: Cancellable): AsyncIterable<Job>
  /** Tasks at Kling, newest first, whoever made them; with what the ledger knows of them. */
  list(filter?: TaskFilter, options?: Cancellable): AsyncIterable<Job>
  /** Jobs in the ledger: by state, model, time, words of the prompt. */
  history(filter?: Omit<JobFilter, "principal">): Promise<JobPage>
  /** Fetches all results of a finished job, given itself or by its handle. What breaks off is no loss: fetch it again. */
  download(job: Job | string, options?: PromiseDownloadOptions): Promise<ReadonlyArray<SavedFile>>
  /** A request that is still on its way is settled by the next program that uses the ledger. */
  close(): Promise<void>
}

/** Makes durable jobs from the given settings, or from the environment (`KLINGAI_API_KEY`, `KLINGKIT_*`) where none are given. */
export const createJobs = (options: PromiseJobsOptions = {}): PromiseJobs => {
  const runtime = ManagedRuntime.make(jobsFromOptions(options))
  const run = async <A, E>(
    effect: Effect.Effect<A, E, Jobs | Kling>,
    { signal }: Cancellable = {},
    whenLeft: () => unknown = () => signal?.reason
  ): Promise<A> => {
    signal?.throwIfAborted()
    const exit = await runtime.runPromiseExit(effect, signal === undefined ? {} : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    throw signal?.aborted === true && Cause.hasInterruptsOnly(exit.cause) ? whenLeft() : Cause.squash(exit.cause)
  }
  const iterate = async function* <A, E>(seen: Stream.Stream<A, E, Jobs>, given: Cancellable = {}) {
    const context = await run(Effect.context<Jobs>(), given)
    const { signal } = given
    const whileAwaited = signal === undefined ? seen : Stream.interruptWhen(seen, aborted(signal))
    yield* Stream.toAsyncIterableWith(whileAwaited, context)
    signal?.throwIfAborted()
  }

  return {
    quote: (id, input, given) =>
      run(
        Effect.map(planned(id, input), ({ quote }) => quote),
        given
      ),
    approve: (id, input, given) =>
      run(
        Effect.flatMap(planned(id, input), (plan) => Jobs.use((jobs) => jobs.approve(plan))),
        given
      ),
    async submit(id, input, given = {}) {
      const plan = await run(planned(id, input), given)
      const told: { handle?: string } = {}
      const thrown: Array<unknown> = []
      const tell = <A>(callback: ((value: A) => void | Promise<void>) | undefined, value: A) =>
        Effect.ignore(Effect.tryPromise({ try: async () => callback?.(value), catch: (error) => thrown.push(error) }))
      // Whoever waits may leave, and its callbacks may fail; the request itself goes on to a settled end.
      const sending = Jobs.use((jobs) =>
        Effect.forkDetach(
          jobs.submit(plan, {
            ...given,
            ...absolute(given.folder),
            onHandle: (handle) => tell(given.onHandle, (told.handle = handle)),
            onQueued: (place) => tell(given.onQueued, place)
          })
        )
      )
      const job = await run(Effect.flatMap(sending, Fiber.join), given, () => notAwaited(id, told.handle))
      if (thrown.length > 0) throw thrown[0]
      return job
    },
    async call(id, input, given) {
      const plan = await run(planned(id, input), given)
      const { operation } = plan
      if (!operation.billed) {
        return (await run(
          Kling.use((kling) => kling.call(operation, plan.input)),
          given
        )) as never
      }
      const calling = Jobs.use((jobs) => Effect.forkDetach(jobs.call(plan, given)))
      return (await run(Effect.flatMap(calling, Fiber.join), given, () => notAwaited(id))) as never
    },
    status: (id, given) =>
      run(
        Jobs.use((jobs) => jobs.status(id)),
        given
      ),
    wait: (id, given) =>
      run(
        followed(id).pipe(
          Stream.tap((job) => Effect.sync(() => given?.onJob?.(job))),
          Stream.runLast,
          Effect.map(Option.getOrThrow)
        ),
        given
      ),
    follow: (id, given) => iterate(followed(id), given),
    list: (filter, given) => iterate(Stream.unwrap(Jobs.useSync((jobs) => jobs.list(filter))), given),
    history: (filter) => run(Jobs.use((jobs) => jobs.history(filter))),
    download: (job, given = {}) =>
      run(
        Jobs.use((jobs) =>
          Effect.flatMap(typeof job === "string" ? jobs.status(job) : Effect.succeed(job), (known) =>
            jobs.download(known, {
              ...given,
              ...absolute(given.folder),
              onProgress: (progress) => Effect.sync(() => given.onProgress?.(progress))
            })
          )
        ),
        given
      ),
    close: () => runtime.dispose(),
    [Symbol.asyncDispose]: () => runtime.dispose()
  }
}

/** The request as it would be sent, its files read, checked and priced: one and the same for quote, approval and submission. */
const planned = Effect.fnUntraced(function* (id: OperationId, input: Readonly<Record<string, unknown>>) {
  const jobs = yield* Jobs
  const operation = declared(id)
  return yield* jobs.priced(yield* planOperation(operation, yield* jobs.mediaOf(operation, input)))
})

// The caller's id has typed input and output; inside, any operation takes a checked record.
const declared = (id: OperationId) => operations[id] as Operation

const absolute = (folder: string | undefined) => (folder === undefined ? {} : { folder: resolve(folder) })

const followed = (id: string) => Stream.unwrap(Jobs.useSync((jobs) => jobs.follow(id)))

const notAwaited = (id: OperationId, handle?: string): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      detail: "the caller stopped waiting",
      ...(handle === undefined ? {} : { externalTaskId: handle })
    },
    operation: id,
    billed: declared(id).billed
  })

const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const leave = () => resume(Effect.void)
    if (signal.aborted) return leave()
    signal.addEventListener("abort", leave, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", leave))
  })
