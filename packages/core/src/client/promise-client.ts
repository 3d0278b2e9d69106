import { ConfigProvider, Effect, Fiber, Layer, ManagedRuntime, Option, Stream } from "effect"
import { credentialsFromConfig } from "../auth/credentials.ts"
import { baseUrlFromConfig, type regionUrls } from "../config.ts"
import { KlingError } from "../errors/kling-error.ts"
import { mintHandle } from "../handle.ts"
import type { Operation, SynchronousOperation, TaskOperation } from "../operation.ts"
import {
  type OperationId,
  operations,
  type SynchronousOperationId,
  type TaskOperationId
} from "../operations/catalog.ts"
import type { InputOf, Params } from "../params/param.ts"
import type { Task } from "../wire/task.ts"
import { Kling, type SubmitOptions, type Submitted } from "./kling.ts"
import type { TaskFilter } from "./list-tasks.ts"

/** The input of an operation, by its id. */
export type InputOfId<Id extends OperationId> = InputOf<(typeof operations)[Id]["params"]>
/** The output of an operation, by its id. */
export type OutputOfId<Id extends OperationId> =
  (typeof operations)[Id] extends Operation<infer _P, string, infer O> ? O : never

export interface PromiseClientOptions {
  readonly apiKey?: string
  readonly accessKey?: string
  readonly secretKey?: string
  readonly region?: keyof typeof regionUrls
  /** Takes precedence over `region`. */
  readonly baseUrl?: string
}

interface Cancellable {
  /** Aborts only the wait: a task that Kling has accepted keeps running and is charged. */
  readonly signal?: AbortSignal
}

/** Kling for programs that do not use Effect. Promises reject with `KlingError`, or with the reason of their signal. */
export interface PromiseClient extends AsyncDisposable {
  /** Of what makes a task. If aborted after the request has started, rejects with `SubmissionUnknown`, whose external id finds the task. */
  submit<Id extends TaskOperationId>(
    id: Id,
    input: InputOfId<Id>,
    options?: Pick<SubmitOptions, "externalTaskId"> & Cancellable
  ): Promise<Submitted>
  /** Of what answers at once. */
  call<Id extends SynchronousOperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable): Promise<OutputOfId<Id>>
  task(id: string, options?: Cancellable): Promise<Task>
  /** Resolves when the task has finished, whether it succeeded or failed. */
  wait(id: string, options?: Cancellable & { readonly onTask?: (task: Task) => void }): Promise<Task>
  tasks(filter?: TaskFilter): AsyncIterable<Task>
  close(): Promise<void>
}

/**
 * Creates a client from the given credential, or from the environment (`KLINGAI_API_KEY` etc.) when none is given.
 *
 * @example
 * ```ts
 * import { createKling } from "@klingkit/core"
 *
 * await using kling = createKling()
 * const { handle } = await kling.submit("new.t2v.kling-3.0", { prompt: "a red fox", durationSeconds: 5 })
 * const { status, outputs } = await kling.wait(handle, { signal: AbortSignal.timeout(600_000) })
 * ```
 */
export const createKling = (options: PromiseClientOptions = {}): PromiseClient => {
  const runtime = ManagedRuntime.make(klingFromOptions(options))
  const run = async <A, E>(
    effect: Effect.Effect<A, E, Kling>,
    { signal }: Cancellable = {},
    onAbort: () => unknown = () => signal?.reason
  ): Promise<A> => {
    signal?.throwIfAborted()
    try {
      return await runtime.runPromise(effect, signal === undefined ? {} : { signal })
    } catch (error) {
      throw signal?.aborted === true && !(error instanceof KlingError) ? onAbort() : error
    }
  }

  // Input and output are typed by the caller's id; internally any operation takes a checked record.
  return {
    async submit(id, input, options) {
      const operation = operations[id] as TaskOperation
      const externalTaskId = options?.externalTaskId ?? (await run(mintHandle(operation.family), options))
      // The caller may stop waiting; the request itself runs to a definite outcome.
      const sending = Kling.use((kling) => Effect.forkDetach(kling.submit(operation, input, { externalTaskId })))
      return run(Effect.flatMap(sending, Fiber.join), options, () => abandonedSubmit(operation, externalTaskId))
    },
    call: (id, input, options) =>
      run(
        Kling.use((kling) =>
          kling.call(operations[id] as SynchronousOperation as SynchronousOperation<Params, string, never>, input)
        ),
        options
      ),
    task: (id, options) =>
      run(
        Kling.use((kling) => kling.task(id)),
        options
      ).catch(rethrowAboutTask(id)),
    wait: (id, options) =>
      run(
        Kling.use((kling) => lastTask(kling.follow(id), options?.onTask)),
        options
      ).catch(rethrowAboutTask(id)),
    async *tasks(filter) {
      const kling = await run(Kling.use(Effect.succeed))
      yield* Stream.toAsyncIterable(kling.tasks(filter))
    },
    close: () => runtime.dispose(),
    [Symbol.asyncDispose]: () => runtime.dispose()
  }
}

const abandonedSubmit = (operation: Operation, externalTaskId: string): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      detail: "the caller stopped waiting",
      ...(operation.externalId === undefined ? {} : { externalTaskId })
    },
    operation: operation.id,
    billed: operation.billed
  })

/** A client that cannot be made, for want of a credential, reads nothing: that says nothing of the task. */
export const rethrowAboutTask =
  (id: string) =>
  (error: unknown): never => {
    throw error instanceof KlingError ? error.aboutTask(id) : error
  }

const lastTask = (tasks: Stream.Stream<Task, KlingError>, onTask: ((task: Task) => void) | undefined) =>
  tasks.pipe(
    Stream.tap((task) => Effect.sync(() => onTask?.(task))),
    Stream.runLast,
    Effect.map(Option.getOrThrow)
  )

/** Kling with the given credential and base URL; what is missing is read from the environment at first use. */
export const klingFromOptions = ({
  apiKey,
  accessKey,
  secretKey,
  region,
  baseUrl
}: PromiseClientOptions): Layer.Layer<Kling, KlingError> => {
  const credential = { KLINGAI_API_KEY: apiKey, KLINGAI_ACCESS_KEY: accessKey, KLINGAI_SECRET_KEY: secretKey }
  const endpoint = { KLINGAI_BASE_URL: baseUrl, KLINGAI_REGION: region }
  const config = Effect.all({
    credentials: valuesOrEnv(credential)(credentialsFromConfig),
    baseUrl: valuesOrEnv(endpoint)(baseUrlFromConfig)
  })
  return Layer.unwrap(Effect.map(config, Kling.layerFetch))
}

/** Reads only the given values, or the current environment when none is given: the two are never mixed. */
const valuesOrEnv = (values: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return Effect.provideService(
    ConfigProvider.ConfigProvider,
    given.length === 0 ? ConfigProvider.fromEnv() : ConfigProvider.fromUnknown(Object.fromEntries(given))
  )
}
