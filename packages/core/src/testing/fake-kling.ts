import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import type { Credentials } from "../auth/credentials.ts"
import { Kling } from "../client/kling.ts"
import type { KlingError } from "../errors/kling-error.ts"
import { createRecord, externalIdOf, type FakeTask, makesSomething, legacyRecord, newRecord } from "./fake-tasks.ts"
import { accepted, type Answer, code, type Fate, honest } from "./fate.ts"

export interface SeenRequest {
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
  /** What becomes of the creates and calls, one after the other; later ones are accepted. */
  readonly creates?: ReadonlyArray<Fate>
  /** What the reads are answered, one after the other; later ones honestly. */
  readonly reads?: ReadonlyArray<Answer>
  /** The status word at each look at a task; the last one stays. */
  readonly life?: ReadonlyArray<string>
  /** A task is seen by reads only this long after it came into being. */
  readonly visibleAfterSeconds?: number
  /** Tasks that are there from the start. */
  readonly tasks?: ReadonlyArray<FakeTask>
  /** Answers any request before the fake does, unless it gives nothing. */
  readonly answer?: (request: SeenRequest) => Answer | undefined
}

/** A Kling in memory: keeps tasks, refuses a repeated external id, and treats requests as scripted. */
export interface FakeKling {
  readonly layer: Layer.Layer<HttpClient.HttpClient>
  readonly seen: ReadonlyArray<SeenRequest>
  /** Everything that came into being up to now, which is everything that was charged. */
  readonly charges: Effect.Effect<ReadonlyArray<FakeTask>>
}

export const fakeKling = (options: FakeOptions = {}): FakeKling => {
  const creates = [...(options.creates ?? [])]
  const reads = [...(options.reads ?? [])]
  const tasks = [...(options.tasks ?? [])]
  const looks = new Map<string, number>()
  const seen: Array<SeenRequest> = []
  let due: Array<Omit<FakeTask, "taskId">> = []

  const commitDue = (now: number): void => {
    const ripe = due.filter((one) => one.createdAt <= now).toSorted((a, b) => a.createdAt - b.createdAt)
    due = due.filter((one) => one.createdAt > now)
    for (const one of ripe) {
      if (one.externalId === undefined || !isKnown(one.externalId)) {
        tasks.push({ ...one, taskId: String(8_900_000_001 + tasks.length) })
      }
    }
  }
  const isKnown = (externalId: string) => tasks.some((task) => task.externalId === externalId)

  const look = (task: FakeTask) => {
    const life = options.life ?? ["submitted"]
    const count = looks.get(task.taskId) ?? 0
    looks.set(task.taskId, count + 1)
    return life[Math.min(count, life.length - 1)] ?? "submitted"
  }

  const create = (request: SeenRequest): Answer => {
    const fate = creates.shift() ?? accepted
    if (fate.commitsAfterSeconds === undefined) return fate.answer
    if (request.externalId !== undefined && isKnown(request.externalId)) {
      return fate.answer.kind === "honest"
        ? code(1201, `External_task_id ${request.externalId} already exists`)
        : fate.answer
    }
    due.push({
      path: request.path,
      createdAt: request.atMillis + fate.commitsAfterSeconds * 1000,
      ...(request.externalId === undefined ? {} : { externalId: request.externalId })
    })
    commitDue(request.atMillis)
    const made = tasks.at(-1)
    return fate.answer.kind === "honest" && made !== undefined ? data(createRecord(made)) : fate.answer
  }

  const read = (request: SeenRequest): Answer => {
    const scripted = reads.shift() ?? honest
    if (scripted.kind !== "honest") return scripted
    const visibleSince = request.atMillis - (options.visibleAfterSeconds ?? 0) * 1000
    const visible = tasks.filter((task) => task.createdAt <= visibleSince)
    if (request.method === "POST") return data({ result: visible.map((task) => newRecord(task, look(task))) })
    if (request.path === "/tasks" || request.path === "/solutions") {
      const ids = (request.query["task_ids"] ?? request.query["external_task_ids"] ?? "").split(",")
      const key = "task_ids" in request.query ? "taskId" : "externalId"
      const here = visible.filter((task) => task.path.startsWith("/solutions") === (request.path === "/solutions"))
      return data(here.filter((task) => ids.includes(task[key] ?? "")).map((task) => newRecord(task, look(task))))
    }
    const [, path = "", id = ""] = /^(.*)\/([^/]*)$/.exec(request.path) ?? []
    const found = visible.find((task) => task.path === path && (task.taskId === id || task.externalId === id))
    return found === undefined
      ? code(1201, `Task not found by id/external id: ${id}`)
      : data(legacyRecord(found, look(found)))
  }

  const client = HttpClient.make(
    Effect.fnUntraced(function* (request, url) {
      const atMillis = yield* Clock.currentTimeMillis
      commitDue(atMillis)
      const one = seenRequest(request, url, atMillis)
      seen.push(one)
      return yield* respond(
        request,
        options.answer?.(one) ?? (makesSomething(one.method, one.path) ? create(one) : read(one))
      )
    })
  )

  return {
    layer: Layer.succeed(HttpClient.HttpClient, client),
    seen,
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

const seenRequest = (request: HttpClientRequest.HttpClientRequest, url: URL, atMillis: number): SeenRequest => {
  const { body } = request
  const sent = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
  const externalId = makesSomething(request.method, url.pathname) ? externalIdOf(JSON.parse(sent)) : undefined
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
    case "honest":
      return Effect.die(new Error("an honest answer has to be worked out first"))
  }
}

/** The body is at hand at once: reading a web stream takes real time, which virtual time would not wait for. */
const withBody = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  end: Stream.Stream<never, HttpClientError.HttpClientError> = Stream.empty
): HttpClientResponse.HttpClientResponse =>
  Object.defineProperty(HttpClientResponse.fromWeb(request, new Response(null, { status, headers })), "stream", {
    value: Stream.concat(Stream.make(new TextEncoder().encode(body)), end)
  })

export const apiKey: Credentials = { kind: "api-key", apiKey: Redacted.make("api-key-kling-test") }
export const keyPair: Credentials = {
  kind: "key-pair",
  accessKey: "access-test",
  secretKey: Redacted.make("secret-test")
}

/** The client under test, talking to the fake. */
export const klingOver = (fake: FakeKling, credentials: Credentials = apiKey): Layer.Layer<Kling, KlingError> =>
  Kling.layerHttp({ credentials, baseUrl: "https://kling.example" }).pipe(Layer.provide(fake.layer))
