import { Context, Effect, Layer, Schema, Stream } from "effect"
import type { HttpClient } from "effect/http"
import type { CredentialKind } from "../auth/credentials.ts"
import { accountDigest, credentialDigest, noAccount } from "../auth/account-digest.ts"
import { regionOf } from "../auth/region.ts"
import { makeTokenSource } from "../auth/token.ts"
import { checkBaseUrl, isLocalUrl, type KlingConfig, klingConfig, type KlingConfigOptions } from "../config.ts"
import { invalidInput, KlingError, wrongMethod } from "../errors/kling-error.ts"
import { mintHandle } from "../handle.ts"
import type { AnyOperation, SynchronousOperation, TaskOperation } from "../operation.ts"
import { acceptInput } from "../params/checked-inputs.ts"
import { sentInput } from "../params/effective-input.ts"
import type { InputOf, Params } from "../params/param.ts"
import { writeBody } from "../params/body-path.ts"
import { requestTarget } from "../params/request-target.ts"
import type { Task } from "../wire/task.ts"
import { type KlingRequest, makeExchange } from "./exchange.ts"
import { fetchHttpClient } from "./fetch-http-client.ts"
import { findTask, lookUp, type LookupEndpoint, lookupEndpointOf } from "./find-task.ts"
import { type FollowOptions, followTask } from "./follow-task.ts"
import { isTaskNotFound } from "./known-messages.ts"
import { listTasks, type TaskFilter } from "./list-tasks.ts"
import { getTasksBatch } from "./get-tasks-batch.ts"
import { canRetryPaid, canRetryPaidNow, canRetryRead, makeRetrier, retrySchedule } from "./retry.ts"
import { type SubmitJournal, submitOnce } from "./submit.ts"
import { createdTask, unexpectedAnswer } from "./task-answer.ts"

export interface SubmitOptions {
  /** The id under which Kling stores the task; minted when absent. Pass the same one to retry a request safely. */
  readonly externalTaskId?: string
  /** For write-ahead logging: called before each step, so that the program can recover from a crash. */
  readonly journal?: SubmitJournal
  /** False: fails immediately with `ConcurrencyLimit`, for a caller that has its own queue. */
  readonly waitForSlot?: boolean
  /** The number of sends that an earlier run of the program may have made under this external id. */
  readonly earlierSends?: number
}

/** A task and the id that finds it again, from any program and after any crash. */
export interface Submitted {
  readonly handle: string
  readonly task: Task
}

/**
 * Kling over the wire. Every method fails with `KlingError` only.
 *
 * @example
 * ```ts
 * import { fetchHttpClient, Kling, operations } from "@klingkit/core"
 * import { Effect, Layer, Stream } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const kling = yield* Kling
 *   const { handle } = yield* kling.submit(operations["new.t2v.kling-3.0"], { prompt: "a red fox", durationSeconds: 5 })
 *   return yield* Stream.runLast(kling.follow(handle))
 * })
 * await Effect.runPromise(Effect.provide(program, Layer.provide(Kling.layerConfig(), fetchHttpClient)))
 * ```
 */
export class Kling extends Context.Service<
  Kling,
  {
    readonly credential: CredentialKind
    /** Kling is an emulator on this machine. */
    readonly isLocal: boolean
    /** Identifies base URL and credential without revealing a secret: under it jobs and limits are recorded. */
    readonly account: string
    /** Identifies the credential alone, without revealing it. */
    readonly credentialDigest: string
    /** `global`, `china`, or the origin of another host. */
    readonly region: string
    /** Creates a task, at most once even if the network fails. Refuses an operation that answers at once. */
    submit<P extends Params>(
      operation: TaskOperation<P>,
      input: InputOf<P>,
      options?: SubmitOptions
    ): Effect.Effect<Submitted, KlingError>
    /** Calls a synchronous operation. A paid one is never sent twice. Refuses an operation that makes a task. */
    call<P extends Params, Output>(
      operation: SynchronousOperation<P, string, Output>,
      input: InputOf<P>
    ): Effect.Effect<Output, KlingError>
    /** The task behind a handle, another external id, or Kling's own id. */
    task(id: string): Effect.Effect<Task, KlingError>
    /** Many tasks in as few reads as possible, keyed by the requested id; those not found are left out. */
    tasksById(ids: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, Task>, KlingError>
    /** Polls the task until it has finished; transient read failures do not end the stream. */
    follow(id: string, options?: FollowOptions): Stream.Stream<Task, KlingError>
    /** Tasks of the last 30 days, newest first. */
    tasks(filter?: TaskFilter): Stream.Stream<Task, KlingError>
  }
>()("@klingkit/core/Kling") {
  /** Kling with the given configuration, over the provided `HttpClient`, which should not follow redirects. */
  static readonly layer = (config: KlingConfig): Layer.Layer<Kling, KlingError, HttpClient.HttpClient> =>
    Layer.effect(Kling, make(config))

  /** The same over the runtime's `fetch`. */
  static readonly layerFetch = (config: KlingConfig): Layer.Layer<Kling, KlingError> =>
    Kling.layer(config).pipe(Layer.provide(fetchHttpClient))

  /** The same with the given configs; what they leave out is read from the environment: `KLINGAI_API_KEY` etc. */
  static readonly layerConfig = (options?: KlingConfigOptions): Layer.Layer<Kling, KlingError, HttpClient.HttpClient> =>
    Layer.unwrap(Effect.map(klingConfig(options), Kling.layer))

  /** @deprecated Use `layer`. */
  static readonly layerHttp = (config: KlingConfig): Layer.Layer<Kling, KlingError, HttpClient.HttpClient> =>
    Kling.layer(config)

  /** A Kling whose every call fails with the same error: for a server that starts without a key. */
  static readonly layerFailing = (error: KlingError): Layer.Layer<Kling> =>
    Layer.succeed(
      Kling,
      Kling.of({
        credential: "api-key",
        account: noAccount,
        credentialDigest: noAccount,
        region: noAccount,
        isLocal: false,
        submit: () => Effect.fail(error),
        call: (operation) => Effect.fail(readsTasks(operation) ? error.aboutTasks() : error),
        task: (id) => Effect.fail(error.aboutTask(id)),
        tasksById: () => Effect.fail(error.aboutTasks()),
        follow: (id) => Stream.fail(error.aboutTask(id)),
        tasks: () => Stream.fail(error)
      })
    )
}

const make = Effect.fnUntraced(function* (config: KlingConfig) {
  const baseUrl = yield* checkBaseUrl(config.baseUrl)
  const credential = config.credentials.kind
  const exchange = yield* makeExchange(baseUrl, yield* makeTokenSource(config.credentials))
  const { retry } = yield* makeRetrier(config.retrySchedule ?? retrySchedule)

  const prepare = (operation: AnyOperation, input: unknown) => {
    const accepted = acceptInput(operation, input)
    const problems = [
      ...(credential === "key-pair" && operation.generation !== "legacy" && operation.path !== "/account/costs"
        ? [
            {
              field: "credentials",
              message: "this operation needs an API key ({apiKey}): a key pair works on legacy paths only"
            }
          ]
        : []),
      ...accepted.problems
    ]
    return problems.length > 0
      ? Effect.fail(invalidInput(problems, operation.id))
      : Effect.succeed(writeBody(operation.params, sentInput(operation, accepted.given)))
  }

  const request = (operation: AnyOperation, body: Readonly<Record<string, unknown>>): KlingRequest => ({
    operation,
    method: operation.method,
    ...requestTarget(operation, body),
    timeoutMillis: timeoutMillis(operation, body),
    ...(operation.kind === "create" || operation.kind === "delete" ? { maxResponseBytes: oneTaskBytes } : {})
  })

  const lookUpAt = (endpoint: LookupEndpoint, id: string) => retry(lookUp(exchange, endpoint, id), canRetryRead)

  const submit = Effect.fn("Kling.submit")(function* (
    operation: AnyOperation,
    input: unknown,
    options?: SubmitOptions
  ) {
    if (operation.kind !== "create") return yield* wrongMethod(operation.id, "call")
    const body = yield* prepare(operation, input)
    const handle = options?.externalTaskId ?? (yield* mintHandle(operation.family))
    if (!externalIdShape.test(handle)) {
      const message = "must be 1 to 128 visible ASCII characters without a comma"
      return yield* invalidInput([{ field: "externalTaskId", message }], operation.id)
    }
    if (operation.externalId === undefined) {
      // An earlier send cannot be looked up: sending again could charge twice.
      if ((options?.earlierSends ?? 0) > 0) return yield* unresolvedEarlierSend(operation)
      if (options?.journal !== undefined) yield* options.journal.sending
      const task = yield* retry(
        exchange(request(operation, body)).pipe(Effect.flatMap((data) => createdTask(operation, data))),
        options?.waitForSlot === false ? canRetryPaidNow : canRetryPaid
      ).pipe(Effect.mapError(toSubmissionUnknown))
      return { handle: task.id, task }
    }
    setPath(body, operation.externalId, handle)
    const task = yield* submitOnce({
      operation,
      externalTaskId: handle,
      journal: options?.journal ?? { sending: Effect.void, inDoubt: Effect.void },
      earlierSends: options?.earlierSends ?? 0,
      isFindable: operation.findableByExternalId === "proven",
      send: exchange(request(operation, body)).pipe(Effect.flatMap((data) => createdTask(operation, data, handle))),
      retryWhileNotAccepted: (send) => retry(send, options?.waitForSlot === false ? canRetryPaidNow : canRetryPaid),
      lookUp: lookUp(exchange, lookupEndpointOf(operation), handle, 5000)
    })
    return { handle, task }
  })

  const callOnce = Effect.fn("Kling.call")(function* (operation: AnyOperation, input: unknown) {
    if (operation.kind === "create") return yield* wrongMethod(operation.id, "submit")
    const body = yield* prepare(operation, input)
    const data = yield* retry(
      exchange(request(operation, body)),
      operation.kind === "read" ? canRetryRead : canRetryPaid
    )
    if (operation.output === undefined) return data
    return yield* Schema.decodeUnknownEffect(operation.output)(data).pipe(
      Effect.mapError((error) => unexpectedAnswer(operation, error.message))
    )
  }, Effect.mapError(toSubmissionUnknown))

  const call = (operation: AnyOperation, input: unknown) =>
    Effect.mapError(callOnce(operation, input), (error) =>
      readsTasks(operation) && !isTaskNotFound(error) ? error.aboutTasks() : error
    )

  const task = (id: string) =>
    findTask(lookUpAt, credential, id).pipe(
      Effect.mapError((error) => error.aboutTask(id)),
      Effect.withSpan("Kling.task")
    )

  const read = (readRequest: KlingRequest) => retry(exchange(readRequest), canRetryRead)

  return Kling.of({
    credential,
    isLocal: isLocalUrl(baseUrl),
    account: yield* accountDigest(baseUrl, config.credentials),
    credentialDigest: yield* credentialDigest(config.credentials),
    region: regionOf(baseUrl),
    submit: (operation, input, options) => submit(operation, input, options),
    call: (operation, input) => call(operation, input) as never,
    task,
    tasksById: (ids) =>
      Effect.mapError(getTasksBatch({ exchange: read, readTask: task }, credential, ids), (error) =>
        error.aboutTasks()
      ),
    follow: (id, options) => Stream.mapError(followTask(task, id, options), (error) => error.aboutTask(id)),
    tasks: (filter) => listTasks(read, credential, filter ?? {})
  })
})

/** Sending large inline images takes longer; together with the lookups it stays within the submit deadline. */
const timeoutMillis = (operation: AnyOperation, body: unknown): number => {
  if (operation.kind === "read" || operation.kind === "delete") return 15_000
  return Math.min(50_000, 30_000 + Math.floor(inlineBytes(body) / 1_000_000) * 1000)
}

/** A create or a delete is answered with one task at most. */
const oneTaskBytes = 1024 * 1024

const inlineBytes = (value: unknown): number =>
  typeof value === "string"
    ? value.length
    : typeof value === "object" && value !== null
      ? Object.values(value).reduce((sum: number, item) => sum + inlineBytes(item), 0)
      : 0

const setPath = (body: Record<string, unknown>, path: string, value: string): void => {
  const [first, second] = path.split(".")
  if (first === undefined) return
  if (second === undefined) body[first] = value
  else body[first] = { ...(body[first] as Record<string, unknown> | undefined), [second]: value }
}

// Lookups separate ids by commas, so an id must not contain one, nor be empty.
const externalIdShape = /^[!-+\--~]{1,128}$/

const unresolvedEarlierSend = ({ id, billed }: AnyOperation): KlingError =>
  new KlingError({
    reason: {
      _tag: "SubmissionUnknown",
      detail: "an earlier run may have sent this request, and the operation has no external id to look it up by"
    },
    operation: id,
    billed
  })

/** A read of certain tasks, as opposed to a list, or to a read of something else. */
const readsTasks = ({ kind, params }: Pick<AnyOperation, "kind" | "params">): boolean =>
  kind === "read" && ["taskId", "taskIds"].some((name) => Object.hasOwn(params, name))

/** A paid call without an external id cannot be looked up: if its response is lost, the outcome stays unknown. */
const toSubmissionUnknown = (error: KlingError): KlingError => {
  if (error.wasCharged !== "maybe") return error
  return new KlingError({
    reason: { _tag: "SubmissionUnknown", detail: error.message },
    ...(error.operation === undefined ? {} : { operation: error.operation }),
    billed: true
  })
}
