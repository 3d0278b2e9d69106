import { invalidInput, sanitizeText } from "@klingkit/core/internal"
import type { KlingError } from "@klingkit/core"
import { Result } from "effect"
import type { FoundRoute } from "./find-route.ts"
import { refusal, type RestAnswer } from "./problem.ts"
import { type Arguments, takesIdempotencyKey } from "./rest-route.ts"

/** What a client sent. */
export interface RestRequest {
  /** After the question mark. */
  readonly query: string
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** Every `Idempotency-Key` header. */
  readonly idempotencyKeys: ReadonlyArray<string>
  readonly body: Uint8Array
}

/** Fields and list entries of one body: checking millions of them would block every other call. */
const mostElements = 2000

type Read<A> = Result.Result<A, RestAnswer | KlingError>

/** The arguments of the tool in a request, or what is wrong with it. Their values are the tool's to check. */
export const readRequest = ({ route, variables }: FoundRoute, request: RestRequest): Read<Arguments> =>
  Result.gen(function* () {
    const query = readQuery(request.query)
    const body = route.body === undefined ? yield* noBody(request) : yield* readBody(request)
    const refused = Object.entries(route.refused).filter(([field]) => field in query || field in body)
    // A tool reads any spelling of its arguments: what is not declared here must not become one.
    const unknown = Object.keys(query).filter((field) => !(field in route.query.properties || field in route.refused))
    const problems = [
      ...refused.map(([field, message]) => ({ field, message })),
      ...unknown.map((field) => ({ field: sanitizeText(field, 80), message: "is not a query parameter of this path" }))
    ]
    if (problems.length > 0) return yield* Result.fail(invalidInput(problems))
    const args = route.argumentsOf({ path: variables, query, body })
    if (!takesIdempotencyKey(route)) return args
    const key = yield* readIdempotencyKey(request.idempotencyKeys)
    if (key === undefined) return args
    if ("idempotency_key" in args && args["idempotency_key"] !== key) {
      return yield* Result.fail(invalidInput([{ field: "Idempotency-Key", message: "contradicts idempotency_key" }]))
    }
    return { ...args, idempotency_key: key }
  })

/** A parameter that is given more than once is a list. */
const readQuery = (query: string): Arguments => {
  const parameters = new URLSearchParams(query)
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    })
  )
}

const noBody = ({ body }: RestRequest): Read<Arguments> =>
  body.length === 0
    ? Result.succeed({})
    : Result.fail(refusal(400, "REST_BAD_BODY", "this path takes no body", "put the arguments into the query"))

const readBody = ({ body, contentType, contentEncoding = "identity" }: RestRequest): Read<Arguments> => {
  // Waiting for a task needs no arguments.
  if (body.length === 0) return Result.succeed({})
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType ?? "")) {
    return Result.fail(
      refusal(415, "REST_WRONG_TYPE", "the body must be JSON", "send Content-Type: application/json", {
        accept: "application/json"
      })
    )
  }
  if (contentEncoding !== "identity") {
    return Result.fail(
      refusal(415, "REST_WRONG_TYPE", "the body must not be compressed", "send it without Content-Encoding", {
        "accept-encoding": "identity"
      })
    )
  }
  const value = parsed(body)
  if (value === undefined) return badBody("the body is not JSON in UTF-8")
  if (typeof value !== "object" || value === null || Array.isArray(value)) return badBody("the body is not an object")
  return elementsIn(value) > mostElements
    ? badBody(`the body has more than ${mostElements} fields and list entries`)
    : Result.succeed(value as Arguments)
}

const badBody = (detail: string): Read<never> =>
  Result.fail(refusal(400, "REST_BAD_BODY", detail, 'send a JSON object, such as {"prompt": "a cat"}'))

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** Counts no further than it has to. */
const elementsIn = (value: object): number => {
  const open: Array<object> = [value]
  let count = 0
  for (let next = open.pop(); next !== undefined && count <= mostElements; next = open.pop()) {
    for (const inner of Object.values(next)) {
      count++
      if (typeof inner === "object" && inner !== null) open.push(inner as object)
      if (count > mostElements) break
    }
  }
  return count
}

/** As it is, or in the quotes of a structured header: both are the same key. */
const readIdempotencyKey = (keys: ReadonlyArray<string>): Read<string | undefined> => {
  const [key, second] = keys.map((text) => /^"(.*)"$/.exec(text.trim())?.[1] ?? text.trim())
  if (second !== undefined) {
    return Result.fail(invalidInput([{ field: "Idempotency-Key", message: "is given more than once" }]))
  }
  return key === ""
    ? Result.fail(invalidInput([{ field: "Idempotency-Key", message: "is empty" }]))
    : Result.succeed(key)
}
