import { ConfigProvider, Effect, Fiber, Layer, ManagedRuntime, Option, Stream } from "effect"
import { credentialsFromConfig } from "../auth/credentials.ts"
import { baseUrlFromConfig, type regionUrls } from "../config.ts"
import { KlingError } from "../errors/kling-error.ts"
import { mintHandle } from "../handle.ts"
import type { Operation } from "../operation.ts"
import { type OperationId, operations } from "../operations/catalog.ts"
import type { InputOf, Params } from "../params/param.ts"
import type { Task } from "../wire/task.ts"
import { Kling, type SubmitOptions, type Submitted } from "./kling.ts"
import type { TaskFilter } from "./list-tasks.ts"

/** The input of an operation, by its id. */
export type InputOfId<Id extends OperationId> = InputOf<(typeof operations)[Id]["params"]>
/** What an operation answers, by its id. */
export type OutputOfId<Id extends OperationId> =
  (typeof operations)[Id] extends Operation<infer _P, string, infer O> ? O : never

export interface PromiseClientOptions {
  readonly apiKey?: string
  readonly accessKey?: string
  readonly secretKey?: string
  readonly region?: keyof typeof regionUrls
  /** Wins over `region`. */
  readonly baseUrl?: string
}

interface Cancellable {
  /** Ends the waiting only: a task that Kling has taken goes on, and is paid. */
  readonly signal?: AbortSignal
}

/** Kling for programs without Effect. Every promise rejects with `KlingError`, or with the reason of its own signal. */
export interface PromiseClient extends AsyncDisposable {
  /** Once it has begun, an aborted signal rejects with `SubmissionUnknown`, whose external id finds the task. */
  submit<Id extends OperationId>(
    id: Id,
    input: InputOfId<Id>,
    options?: Pick<SubmitOptions, "externalTaskId"> & Cancellable
  ): Promise<Submitted>
  call<Id extends OperationId>(id: Id, input: InputOfId<Id>, options?: Cancellable): Promise<OutputOfId<Id>>
  task(id: string, options?: Cancellable): Promise<Task>
  /** Resolves when the task has ended, whether it succeeded or failed. */
  wait(id: string, options?: Cancellable & { readonly onTask?: (task: Task) => void }): Promise<Task>
  tasks(filter?: TaskFilter): AsyncIterable<Task>
  close(): Promise<void>
}

/** Makes a client from the given credential, or from the environment (`KLINGAI_API_KEY` and its kin) when none is given. */
export const createKling = (options: PromiseClientOptions = {}): PromiseClient => {
  const runtime = ManagedRuntime.make(klingFromOptions(options))
  const run = async <A, E>(
    effect: Effect.Effect<A, E, Kling>,
    { signal }: Cancellable = {},
    whenLeft: () => unknown = () => signal?.reason
  ): Promise<A> => {
    signal?.throwIfAborted()
    try {
      return await runtime.runPromise(effect, signal === undefined ? {} : { signal })
    } catch (error) {
      throw signal?.aborted === true && !(error instanceof KlingError) ? whenLeft() : error
    }
  }

  return {
    async submit(id, input, given) {
      const operation = declared(id)
      const externalTaskId = given?.externalTaskId ?? (await run(mintHandle(operation.family), given))
      // Whoever waits may leave; the request itself goes on to a settled end.
      const sending = Kling.use((kling) => Effect.forkDetach(kling.submit(operation, input, { externalTaskId })))
      return run(Effect.flatMap(sending, Fiber.join), given, () => notAwaited(operation, externalTaskId))
    },
    call: (id, input, given) =>
      run(
        Kling.use((kling) => kling.call(declared(id), input)),
        given
      ),
    task: (id, given) =>
      run(
        Kling.use((kling) => kling.task(id)),
        given
      ),
    wait: (id, given) =>
      run(
        Kling.use((kling) => lastOf(kling.follow(id), given?.onTask)),
        given
      ),
    async *tasks(filter) {
      const kling = await run(Kling.use(Effect.succeed))
      yield* Stream.toAsyncIterable(kling.tasks(filter))
    },
    close: () => runtime.dispose(),
    [Symbol.asyncDispose]: () => runtime.dispose()
  }
}

const notAwaited = (operation: Operation, externalTaskId: string): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      detail: "the caller stopped waiting",
      ...(operation.externalId === undefined ? {} : { externalTaskId })
    },
    operation: operation.id,
    billed: operation.billed
  })

// The caller's id has typed input and output; inside, any operation takes a checked record.
const declared = (id: OperationId) => operations[id] as Operation<Params, string, never>

const lastOf = (seen: Stream.Stream<Task, KlingError>, onTask: ((task: Task) => void) | undefined) =>
  seen.pipe(
    Stream.tap((task) => Effect.sync(() => onTask?.(task))),
    Stream.runLast,
    Effect.map(Option.getOrThrow)
  )

/** Kling from the given credential and place; what is not given comes from the environment as it is when it is first used. */
export const klingFromOptions = ({
  apiKey,
  accessKey,
  secretKey,
  region,
  baseUrl
}: PromiseClientOptions): Layer.Layer<Kling, KlingError> => {
  const credential = { KLINGAI_API_KEY: apiKey, KLINGAI_ACCESS_KEY: accessKey, KLINGAI_SECRET_KEY: secretKey }
  const place = { KLINGAI_BASE_URL: baseUrl, KLINGAI_REGION: region }
  const config = Effect.all({
    credentials: givenOr(credential)(credentialsFromConfig),
    baseUrl: givenOr(place)(baseUrlFromConfig)
  })
  return Layer.unwrap(Effect.map(config, Kling.layer))
}

/** Reads the given values alone, or the environment as it is now when none is given: the two are never mixed. */
const givenOr = (values: Readonly<Record<string, string | undefined>>) => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return Effect.provideService(
    ConfigProvider.ConfigProvider,
    given.length === 0 ? ConfigProvider.fromEnv() : ConfigProvider.fromUnknown(Object.fromEntries(given))
  )
}
