import { Context, Effect, Layer, Schema, Stream } from "effect"
import { FetchHttpClient, type HttpClient } from "effect/http"
import type { CredentialKind } from "../auth/credentials.ts"
import { accountDigest } from "../auth/account-digest.ts"
import { makeTokenSource } from "../auth/token.ts"
import { checkBaseUrl, isLocalUrl, type KlingConfig, klingConfig } from "../config.ts"
import { invalidInput, KlingError } from "../errors/kling-error.ts"
import { mintHandle } from "../handle.ts"
import type { AnyOperation, Operation } from "../operation.ts"
import { checkInput } from "../params/check-input.ts"
import type { InputOf, Params } from "../params/param.ts"
import { writeBody } from "../params/place.ts"
import { requestTarget } from "../params/request-target.ts"
import type { Task } from "../wire/task.ts"
import { type KlingRequest, makeExchange } from "./exchange.ts"
import { findTask, lookUp, type Place, placeOfCreate } from "./find-task.ts"
import { followTask } from "./follow-task.ts"
import { listTasks, type TaskFilter } from "./list-tasks.ts"
import { lookAtMany } from "./look-at-many.ts"
import { makeRetrier, mayRepeatAtOnce, mayRepeatPaid, mayRepeatRead } from "./retry.ts"
import { type SubmitJournal, submitOnce } from "./submit.ts"
import { createdTask, unexpectedAnswer } from "./task-answer.ts"

export interface SubmitOptions {
  /** The id under which Kling stores the task; minted when absent. Pass the same one to repeat a request safely. */
  readonly externalTaskId?: string
  /** For a program that survives its own crash: told before each step, so that it can be written down first. */
  readonly journal?: SubmitJournal
  /** False: that all parallel places are taken is an answer at once, for a caller with a queue of its own. */
  readonly waitForSlot?: boolean
  /** Sends that an earlier run of the program may have made under this external id. */
  readonly earlierSends?: number
}

/** A task together with the id that finds it again, from any program and after any crash. */
export interface Submitted {
  readonly handle: string
  readonly task: Task
}

/** Kling over the wire. Every method fails with `KlingError` only. */
export class Kling extends Context.Service<
  Kling,
  {
    readonly credential: CredentialKind
    /** Kling is an emulator on this machine. */
    readonly isLocal: boolean
    /** Tells accounts apart, without a secret: jobs and limits are kept by it. */
    readonly account: string
    /** Creates a task, at most once however often the network fails. */
    submit<P extends Params>(
      operation: Operation<P>,
      input: InputOf<P>,
      options?: SubmitOptions
    ): Effect.Effect<Submitted, KlingError>
    /** Runs an operation that answers at once. Paid ones are never sent twice. */
    call<P extends Params, Output>(
      operation: Operation<P, string, Output>,
      input: InputOf<P>
    ): Effect.Effect<Output, KlingError>
    /** The task behind a handle, another external id, or Kling's own id. */
    task(id: string): Effect.Effect<Task, KlingError>
    /** Several tasks in as few reads as Kling allows, by the id that was asked for; those not found are left out. */
    tasksById(ids: ReadonlyArray<string>): Effect.Effect<ReadonlyMap<string, Task>, KlingError>
    /** The task at every look until it has ended; reads that fail in passing do not end the stream. */
    follow(id: string, options?: { readonly usualSeconds?: number }): Stream.Stream<Task, KlingError>
    /** Tasks of the last 30 days, newest first. */
    tasks(filter?: TaskFilter): Stream.Stream<Task, KlingError>
  }
>()("@klingkit/core/Kling") {
  /** Kling at the given place with the given credential, over whichever `HttpClient` is provided. */
  static readonly layerHttp = (config: KlingConfig): Layer.Layer<Kling, KlingError, HttpClient.HttpClient> =>
    Layer.effect(Kling, make(config))

  /** Kling over the runtime's own fetch. */
  static readonly layer = (config: KlingConfig): Layer.Layer<Kling, KlingError> =>
    Kling.layerHttp(config).pipe(Layer.provide(fetchClient))

  /** A Kling that answers every call with the same error: for a server that runs before it has a key. */
  static readonly layerFailing = (error: KlingError): Layer.Layer<Kling> =>
    Layer.succeed(
      Kling,
      Kling.of({
        credential: "api-key",
        account: "none",
        isLocal: false,
        submit: () => Effect.fail(error),
        call: () => Effect.fail(error),
        task: () => Effect.fail(error),
        tasksById: () => Effect.fail(error),
        follow: () => Stream.fail(error),
        tasks: () => Stream.fail(error)
      })
    )

  /** Kling as the environment describes it: `KLINGAI_API_KEY` and its kin. */
  static readonly layerConfig: Layer.Layer<Kling, KlingError> = Layer.unwrap(Effect.map(klingConfig, Kling.layer))
}

// A redirect would carry a paid body or the credential somewhere else: it is an unexpected answer, not followed.
const fetchClient = FetchHttpClient.layer.pipe(
  Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
)

const make = Effect.fnUntraced(function* (config: KlingConfig) {
  const baseUrl = yield* checkBaseUrl(config.baseUrl)
  const credential = config.credentials.kind
  const exchange = yield* makeExchange(baseUrl, yield* makeTokenSource(config.credentials))
  const { retry } = yield* makeRetrier

  const prepare = (operation: AnyOperation, input: unknown) => {
    const problems = [
      ...(credential === "key-pair" && operation.generation !== "legacy" && operation.path !== "/account/costs"
        ? [
            {
              field: "credentials",
              message: "this operation needs an API key (KLINGAI_API_KEY): a key pair works on legacy paths only"
            }
          ]
        : []),
      ...checkInput(operation.params, operation.rules, input)
    ]
    return problems.length > 0
      ? Effect.fail(invalidInput(problems, operation.id))
      : Effect.succeed(writeBody(operation.params, input as Readonly<Record<string, unknown>>))
  }

  const request = (operation: AnyOperation, body: Readonly<Record<string, unknown>>): KlingRequest => ({
    operation,
    method: operation.method,
    ...requestTarget(operation, body),
    timeoutMillis: timeoutMillis(operation, body)
  })

  const lookUpAt = (place: Place, id: string) => retry(lookUp(exchange, place, id), mayRepeatRead)

  const submit = Effect.fn("Kling.submit")(function* (
    operation: AnyOperation,
    input: unknown,
    options?: SubmitOptions
  ) {
    const body = yield* prepare(operation, input)
    const handle = options?.externalTaskId ?? (yield* mintHandle(operation.family))
    if (!externalIdShape.test(handle)) {
      const message = "must be 1 to 128 visible ASCII characters, no comma: it has to find the task again"
      return yield* invalidInput([{ field: "externalTaskId", message }], operation.id)
    }
    if (operation.externalId === undefined) {
      if (options?.journal !== undefined) yield* options.journal.sending
      const task = yield* retry(
        exchange(request(operation, body)).pipe(Effect.flatMap((data) => createdTask(operation, data))),
        mayRepeatPaid
      ).pipe(Effect.mapError(unsettledCall))
      return { handle: task.id, task }
    }
    place(body, operation.externalId, handle)
    const task = yield* submitOnce({
      operation,
      externalTaskId: handle,
      journal: options?.journal ?? { sending: Effect.void, inDoubt: Effect.void },
      earlierSends: options?.earlierSends ?? 0,
      send: exchange(request(operation, body)).pipe(Effect.flatMap((data) => createdTask(operation, data))),
      whileNotAccepted: (send) => retry(send, options?.waitForSlot === false ? mayRepeatAtOnce : mayRepeatPaid),
      lookUp: lookUp(exchange, placeOfCreate(operation), handle, 5000)
    })
    return { handle, task }
  })

  const call = Effect.fn("Kling.call")(function* (operation: AnyOperation, input: unknown) {
    const body = yield* prepare(operation, input)
    const data = yield* retry(
      exchange(request(operation, body)),
      operation.kind === "read" ? mayRepeatRead : mayRepeatPaid
    )
    if (operation.output === undefined) return data
    return yield* Schema.decodeUnknownEffect(operation.output)(data).pipe(
      Effect.mapError((error) => unexpectedAnswer(operation, error.message))
    )
  }, Effect.mapError(unsettledCall))

  const task = (id: string) => findTask(lookUpAt, credential, id).pipe(Effect.withSpan("Kling.task"))

  const read = (one: KlingRequest) => retry(exchange(one), mayRepeatRead)

  return Kling.of({
    credential,
    isLocal: isLocalUrl(baseUrl),
    account: yield* accountDigest(baseUrl, config.credentials),
    submit: (operation, input, options) => submit(operation, input, options),
    call: (operation, input) => call(operation, input) as never,
    task,
    tasksById: (ids) => lookAtMany({ exchange: read, look: task }, credential, ids),
    follow: (id, options) => followTask(task, id, options?.usualSeconds),
    tasks: (filter) => listTasks(read, credential, filter ?? {})
  })
})

/** Sends of large inline pictures take longer; the sum with the recovery stays within the submit deadline. */
const timeoutMillis = (operation: AnyOperation, body: unknown): number => {
  if (operation.kind === "read" || operation.kind === "delete") return 15_000
  return Math.min(50_000, 30_000 + Math.floor(inlineBytes(body) / 1_000_000) * 1000)
}

const inlineBytes = (value: unknown): number =>
  typeof value === "string"
    ? value.length
    : typeof value === "object" && value !== null
      ? Object.values(value).reduce((sum: number, one) => sum + inlineBytes(one), 0)
      : 0

const place = (body: Record<string, unknown>, at: string, value: string): void => {
  const [first, second] = at.split(".")
  if (first === undefined) return
  if (second === undefined) body[first] = value
  else body[first] = { ...(body[first] as Record<string, unknown> | undefined), [second]: value }
}

// A comma parts the ids of a look-up, and an empty id would be none at all.
const externalIdShape = /^[!-+\--~]{1,128}$/

/** A paid call without an external id cannot be looked up: when its answer is lost, say so instead of guessing. */
const unsettledCall = (error: KlingError): KlingError => {
  if (error.wasCharged !== "maybe") return error
  return new KlingError({
    reason: { _tag: "SubmissionUnknown", detail: error.message },
    ...(error.operation === undefined ? {} : { operation: error.operation }),
    billed: true
  })
}
