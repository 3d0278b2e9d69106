import { tools } from "@klingkit/tools"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { findRoute } from "./find-route.ts"
import { readRequest, type RestRequest } from "./read-request.ts"
import { restRoutes } from "./routes.ts"

const routes = restRoutes(tools)
const json = (value: unknown): Partial<RestRequest> => ({
  body: new TextEncoder().encode(JSON.stringify(value)),
  contentType: "application/json; charset=utf-8"
})

/** The arguments that a request gives to its tool, or how it is refused. */
const argumentsOf = (method: string, url: string, sent: Partial<RestRequest> = {}) => {
  const [path = "", query = ""] = url.split("?")
  const found = findRoute(routes, tools, method, path)
  if (!("route" in found)) throw new Error(`no route ${url}`)
  const none = { contentType: undefined, contentEncoding: undefined, idempotencyKeys: [], body: new Uint8Array() }
  return Result.match(readRequest(found, { ...none, query, ...sent }), {
    onSuccess: (args) => args,
    onFailure: (failure) => ("message" in failure ? failure.message : failure.body)
  })
}
const video = "/v1/tools/generate_video"

describe("the arguments of a request", () => {
  it("are those of its path, query and body", () => {
    expect(argumentsOf("GET", "/v1/tasks?status=failed&page=2")).toEqual({ status: "failed", page: "2" })
    expect(argumentsOf("GET", "/v1/tasks?search=a%20cat&search=b")).toEqual({ search: ["a cat", "b"] })
    expect(argumentsOf("POST", "/v1/tasks/kk-1/wait", json({ timeout_seconds: 5 }))).toEqual({
      task_id: "kk-1",
      timeout_seconds: 5
    })
    expect(argumentsOf("POST", "/v1/tasks/kk-1/wait")).toEqual({ task_id: "kk-1" })
  })

  it("are the input of an operation, beside what is said of the request", () => {
    const body = { prompt: "a kite", take: 9 }
    expect(argumentsOf("POST", "/v1/operations/new.t2v.kling-3.0?take=2", json(body))).toEqual({
      operation: "new.t2v.kling-3.0",
      input: body,
      take: "2"
    })
    expect(argumentsOf("POST", "/v1/operations/new.t2v.kling-3.0?operation=legacy.tts", json(body))).toMatch(
      /operation is not a query parameter/
    )
  })

  it.each([["order-7"], ['"order-7"'], [" order-7 "]])("have the key of the header %j, quoted or not", (key) => {
    const sent = { ...json({ prompt: "a" }), idempotencyKeys: [key] }
    expect(argumentsOf("POST", video, sent)).toEqual({ prompt: "a", idempotency_key: "order-7" })
  })

  it("have no key where a repeat does no harm", () => {
    expect(argumentsOf("GET", "/v1/spend", { idempotencyKeys: ["a"] })).toEqual({})
    expect(argumentsOf("POST", "/v1/tasks/kk-1/download", { idempotencyKeys: ["a"] })).toEqual({ task_id: "kk-1" })
  })

  it.each([
    [{ idempotencyKeys: ["a", "b"] }, /more than once/],
    [{ idempotencyKeys: [""] }, /is empty/],
    [{ idempotencyKeys: ["a"], ...json({ prompt: "a", idempotency_key: "b" }) }, /contradicts/],
    [{ query: "prompt=a" }, /prompt is not a query parameter/]
  ])("are refused with %j", (sent, why) => {
    expect(argumentsOf("POST", video, { ...json({ prompt: "a" }), ...sent })).toMatch(why)
  })

  it.each([
    [new Uint8Array([0x22, 0xff, 0x22]), /not JSON in UTF-8/],
    [new TextEncoder().encode("null"), /not an object/],
    [new TextEncoder().encode(`{"a":${"[".repeat(3000)}${"]".repeat(3000)}}`), /more than 2000/]
  ])("are not read from a body such as %j", (body, detail) => {
    expect(argumentsOf("POST", video, { body, contentType: "application/json" })).toMatchObject({
      detail: expect.stringMatching(detail) as string
    })
  })

  it("are never those of a paid call in the query of a GET, however they are spelled", () => {
    for (const query of ["operation=legacy.tts&input={}", "Operation=legacy.tts&INPUT={}", "operationId=legacy.tts"]) {
      expect(argumentsOf("GET", `/v1/operations?search=a&${query}`)).toMatch(/is (the path|not a query parameter)/)
    }
  })

  it("are not taken from the body of a GET", () => {
    expect(argumentsOf("GET", "/v1/spend", json({ by: "day" }))).toMatchObject({ code: "REST_BAD_BODY" })
  })
})
