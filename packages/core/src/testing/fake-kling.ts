import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import type { Credentials } from "../auth/credentials.ts"
import { Kling } from "../client/kling.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { createRecord, externalIdOf, type FakeTask, isCreateOrCall, legacyRecord, newRecord } from "./fake-tasks.ts"
import { accepted, type Answer, code, type CreateOutcome, honest } from "./scripted-answers.ts"

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly atMillis: number
  /** The caller's own id, on a create. */
  readonly externalId?: string
}

export interface FakeOptions {
  /** The outcomes of the creates and calls, in order; later ones are accepted. */
  readonly creates?: ReadonlyArray<CreateOutcome>
  /** The responses to the reads, in order; later ones are normal. */
  readonly reads?: ReadonlyArray<Answer>
  /** The status word at each read of a task; the last one repeats. */
  readonly statuses?: ReadonlyArray<string>
  /** A task is visible to reads only this long after its creation. */
  readonly visibleAfterSeconds?: number
  /** Tasks that exist from the start. */
  readonly tasks?: ReadonlyArray<FakeTask>
  /** Overrides the response to any request, unless it returns nothing. */
  readonly answer?: (request: RecordedRequest) => Answer | undefined
}

/** An in-memory Kling: stores tasks, rejects a duplicate external id, and follows the scripted outcomes. */
export interface FakeKling {
  readonly layer: Layer.Layer<HttpClient.HttpClient>
  readonly requests: ReadonlyArray<RecordedRequest>
  /** Everything created so far, which is everything that was charged. */
  readonly charges: Effect.Effect<ReadonlyArray<FakeTask>>
}

export const fakeKling = (options: FakeOptions = {}): FakeKling => {
  const creates = [...(options.creates ?? [])]
  const reads = [...(options.reads ?? [])]
  const tasks = [...(options.tasks ?? [])]
  const readCounts = new Map<string, number>()
  const requests: Array<RecordedRequest> = []
  let pending: Array<Omit<FakeTask, "taskId">> = []

  const commitDue = (now: number): void => {
    const due = pending.filter((task) => task.createdAt <= now).toSorted((a, b) => a.createdAt - b.createdAt)
    pending = pending.filter((task) => task.createdAt > now)
    for (const task of due) {
      if (task.externalId === undefined || !isKnown(task.externalId)) {
        tasks.push({ ...task, taskId: String(8_900_000_001 + tasks.length) })
      }
    }
  }
  const isKnown = (externalId: string) => tasks.some((task) => task.externalId === externalId)

  const nextStatus = (task: FakeTask) => {
    const statuses = options.statuses ?? ["submitted"]
    const count = readCounts.get(task.taskId) ?? 0
    readCounts.set(task.taskId, count + 1)
    return statuses[Math.min(count, statuses.length - 1)] ?? "submitted"
  }

  const create = (request: RecordedRequest): Answer => {
    const outcome = creates.shift() ?? accepted
    if (outcome.commitsAfterSeconds === undefined) return outcome.answer
    if (request.externalId !== undefined && isKnown(request.externalId)) {
      return outcome.answer.kind === "honest"
        ? code(1201, `External_task_id ${request.externalId} already exists`)
        : outcome.answer
    }
    pending.push({
      path: request.path,
      createdAt: request.atMillis + outcome.commitsAfterSeconds * 1000,
      ...(request.externalId === undefined ? {} : { externalId: request.externalId })
    })
    commitDue(request.atMillis)
    const created = tasks.at(-1)
    return outcome.answer.kind === "honest" && created !== undefined ? data(createRecord(created)) : outcome.answer
  }

  const read = (request: RecordedRequest): Answer => {
    const scripted = reads.shift() ?? honest
    if (scripted.kind !== "honest") return scripted
    const visibleSince = request.atMillis - (options.visibleAfterSeconds ?? 0) * 1000
    const visible = tasks.filter((task) => task.createdAt <= visibleSince)
    if (request.method === "POST") return data({ result: visible.map((task) => newRecord(task, nextStatus(task))) })
    if (request.path === "/tasks" || request.path === "/solutions") {
      const ids = (request.query["task_ids"] ?? request.query["external_task_ids"] ?? "").split(",")
      const key = "task_ids" in request.query ? "taskId" : "externalId"
      const collection = visible.filter(
        (task) => task.path.startsWith("/solutions") === (request.path === "/solutions")
      )
      return data(
        collection.filter((task) => ids.includes(task[key] ?? "")).map((task) => newRecord(task, nextStatus(task)))
      )
    }
    const [, path = "", id = ""] = /^(.*)\/([^/]*)$/.exec(request.path) ?? []
    const found = visible.find((task) => task.path === path && (task.taskId === id || task.externalId === id))
    return found === undefined
      ? code(1201, `Task not found by id/external id: ${id}`)
      : data(legacyRecord(found, nextStatus(found)))
  }

  const client = HttpClient.make(
    Effect.fnUntraced(function* (request, url) {
      const atMillis = yield* Clock.currentTimeMillis
      commitDue(atMillis)
      const recorded = recordRequest(request, url, atMillis)
      requests.push(recorded)
      return yield* respond(
        request,
        options.answer?.(recorded) ??
          (isCreateOrCall(recorded.method, recorded.path) ? create(recorded) : read(recorded))
      )
    })
  )

  return {
    layer: Layer.succeed(HttpClient.HttpClient, client),
    requests,
    charges: Effect.map(Clock.currentTimeMillis, (now) => {
      commitDue(now)
      return tasks
    })
  }
}

const data = (value: unknown): Answer => ({
  kind: "text",
  status: 200,
  text: JSON.stringify({ code: 0, message: "SUCCEED", request_id: "request-0", data: value })
})

const recordRequest = (request: HttpClientRequest.HttpClientRequest, url: URL, atMillis: number): RecordedRequest => {
  const { body } = request
  const sent = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
  const externalId = isCreateOrCall(request.method, url.pathname) ? externalIdOf(JSON.parse(sent)) : undefined
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...request.headers },
    text: sent,
    atMillis,
    ...(externalId === undefined ? {} : { externalId })
  }
}

const respond = (
  request: HttpClientRequest.HttpClientRequest,
  answer: Answer
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> => {
  const transportError = (cause: unknown) =>
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  switch (answer.kind) {
    case "hang":
      return Effect.never
    case "lost":
      return Effect.fail(transportError(new TypeError("fetch failed", { cause: { code: answer.causeCode } })))
    case "cut":
      return Effect.succeed(
        withBody(request, 200, {}, answer.text, Stream.fail(transportError({ code: "UND_ERR_SOCKET" })))
      )
    case "text":
      return Effect.succeed(withBody(request, answer.status, answer.headers ?? {}, answer.text))
    case "bytes":
      return Effect.succeed(withBody(request, 200, {}, answer.bytes))
    case "honest":
      return Effect.die(new Error("a normal response must be computed first"))
  }
}

/** The body is available synchronously: reading a web stream takes real time, which virtual time does not wait for. */
const withBody = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array,
  end: Stream.Stream<never, HttpClientError.HttpClientError> = Stream.empty
): HttpClientResponse.HttpClientResponse =>
  Object.defineProperty(HttpClientResponse.fromWeb(request, new Response(null, { status, headers })), "stream", {
    value: Stream.concat(Stream.make(typeof body === "string" ? new TextEncoder().encode(body) : body), end)
  })

export const apiKey: Credentials = { kind: "api-key", apiKey: Redacted.make("api-key-kling-test") }
export const keyPair: Credentials = {
  kind: "key-pair",
  accessKey: "access-test",
  secretKey: Redacted.make("secret-test")
}

/** The client under test, connected to the fake. */
export const klingOver = (fake: FakeKling, credentials: Credentials = apiKey): Layer.Layer<Kling, KlingError> =>
  Kling.layer({ credentials, baseUrl: "https://kling.example" }).pipe(Layer.provide(fake.layer))
