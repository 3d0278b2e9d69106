import { ConfigProvider, Effect, Layer, ManagedRuntime, Option, Stream } from "effect"
import type { regionUrls } from "../config.ts"
import type { KlingError } from "../errors/kling-error.ts"
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

/** Kling for programs without Effect. Every promise rejects with `KlingError` only. */
export interface PromiseClient extends AsyncDisposable {
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
  const runtime = ManagedRuntime.make(layerOf(options))
  const run = <A, E>(effect: Effect.Effect<A, E, Kling>, given?: Cancellable): Promise<A> =>
    runtime.runPromise(effect, given?.signal === undefined ? {} : { signal: given.signal })

  return {
    submit: (id, input, given) =>
      run(
        Kling.use((kling) => kling.submit(declared(id), input, given)),
        given
      ),
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

// The caller's id has typed input and output; inside, any operation takes a checked record.
const declared = (id: OperationId) => operations[id] as Operation<Params, string, never>

const lastOf = (seen: Stream.Stream<Task, KlingError>, onTask: ((task: Task) => void) | undefined) =>
  seen.pipe(
    Stream.tap((task) => Effect.sync(() => onTask?.(task))),
    Stream.runLast,
    Effect.map(Option.getOrThrow)
  )

const layerOf = (options: PromiseClientOptions) => {
  const { apiKey, accessKey, secretKey, region, baseUrl } = options
  const environment = {
    KLINGAI_API_KEY: apiKey,
    KLINGAI_ACCESS_KEY: accessKey,
    KLINGAI_SECRET_KEY: secretKey,
    KLINGAI_REGION: region,
    KLINGAI_BASE_URL: baseUrl
  }
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
  if (apiKey === undefined && accessKey === undefined && secretKey === undefined && Object.keys(given).length === 0) {
    return Kling.layerConfig
  }
  // Given options win one by one; a credential that is given is never mixed with one from the environment.
  const own = ConfigProvider.fromUnknown(given)
  const provider =
    apiKey === undefined && accessKey === undefined && secretKey === undefined
      ? ConfigProvider.orElse(own, ConfigProvider.fromEnv())
      : own
  return Kling.layerConfig.pipe(Layer.provide(ConfigProvider.layer(provider)))
}
