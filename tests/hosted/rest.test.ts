import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { freshKling } from "../mcp/emulated-kling.ts"
import { startHttp } from "../mcp/server-process.ts"
import { addKey } from "./access-key.ts"
import { startHosted } from "./hosted-server.ts"

type Json = Readonly<Record<string, unknown>>

interface Sent {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

let hosted: Awaited<ReturnType<typeof startHosted>>
const keys = new Map<string, string>()

beforeAll(async () => {
  // Tasks finish when a test says so.
  const kling = await freshKling({ speed: 1 })
  hosted = await startHosted(
    { KLINGKIT_AUTH_KEYS: "on", KLINGKIT_MAX_USD_PER_CALL: "2" },
    { args: ["--toolsets", "all"], kling }
  )
  for (const [name, scopes] of [
    ["anna", "kling:generate"],
    ["ben", "kling:generate"],
    ["reports", "kling:read"],
    ["root", "kling:admin"]
  ] as const) {
    keys.set(name, await addKey(hosted.settings, name, "--scopes", scopes))
  }
})
afterAll(() => hosted.close())

/** `as("anna")("POST /v1/quotes", { body })`. */
const as =
  (caller: string | undefined) =>
  async (route: string, { body, headers = {} }: Sent = {}) => {
    const [method = "GET", path = ""] = route.split(" ")
    const response = await fetch(`${hosted.origin}${path}`, {
      method,
      headers: {
        ...(caller === undefined ? {} : { authorization: `Bearer ${keys.get(caller)}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === "" ? {} : (JSON.parse(text) as Json)
    }
  }
const anna = as("anna")
const ben = as("ben")
const field = (json: Json, name: string): string => String(json[name])

describe("a program that speaks HTTP only", () => {
  it("asks the price, pays once under one key, waits, downloads, and sees what was spent", async () => {
    const image = { prompt: "a lighthouse in a storm", num_images: 2 }
    const quoted = await anna("POST /v1/quotes", { body: { tool: "generate_image", arguments: image } })
    expect(quoted).toMatchObject({ status: 200, json: { needs_approval: false } })
    const { usd } = quoted.json["quote"] as { readonly usd: number }
    expect(usd).toBeGreaterThan(0)
    expect((await hosted.kling.ledger()).tasks).toHaveLength(0)

    const once = { body: image, headers: { "idempotency-key": "order-7" } }
    const submitted = await anna("POST /v1/tools/generate_image", once)
    const id = field(submitted.json, "task_id")
    expect(submitted).toMatchObject({ status: 202, json: { repeated: false } })
    expect(submitted.headers.get("location")).toBe(`/v1/tasks/${id}`)
    const quotedKey = { "idempotency-key": '"order-7"' }
    for (const headers of [once.headers, quotedKey]) {
      const again = await anna("POST /v1/tools/generate_image", { body: image, headers })
      expect(again.json).toMatchObject({ task_id: id, repeated: true })
    }
    const other = await anna("POST /v1/tools/generate_image", { ...once, body: { ...image, num_images: 3 } })
    expect(other).toMatchObject({ status: 422, json: { code: "LEDGER_IDEMPOTENCY_MISMATCH", charged: "no" } })
    expect((await hosted.kling.ledger()).tasks).toMatchObject([{ externalTaskId: id }])

    const early = await anna(`POST /v1/tasks/${id}/download`)
    expect(early).toMatchObject({ status: 409, json: { code: "JOB_NOT_FINISHED" } })
    expect((await anna(`POST /v1/tasks/${id}/wait`, { body: { timeout_seconds: 1 } })).json).toMatchObject({
      task_id: id,
      next: expect.stringContaining("wait_for_task") as string
    })
    await hosted.kling.finishTasks()
    expect((await anna(`POST /v1/tasks/${id}/wait`)).json).toMatchObject({ task_id: id, status: "succeed" })
    expect((await anna(submitted.headers.get("location")?.replace("/", "GET /") ?? "")).json).toMatchObject({
      status: "succeed",
      outputs: [{ type: "image" }, { type: "image" }]
    })
    expect((await anna(`POST /v1/tasks/${id}/download`)).json).toMatchObject({
      files: [{ mime_type: "image/png" }, { mime_type: "image/png" }]
    })
    expect((await anna("GET /v1/tasks?search=lighthouse&page_size=5")).json).toMatchObject({ tasks: [{ task_id: id }] })
    expect((await anna("GET /v1/spend?by=model")).json).toMatchObject({ used_usd: usd })
    // Finished: the answer is the result, not a submission.
    const later = await anna("POST /v1/tools/generate_image", once)
    expect(later).toMatchObject({ status: 200, json: { task_id: id, repeated: true } })
  }, 120_000)

  it("hangs up while it waits, and finds its task later", async () => {
    const made = await anna("POST /v1/tools/generate_image", { body: { prompt: "a foggy quay" } })
    const id = field(made.json, "task_id")
    const hangUp = new AbortController()
    const waiting = fetch(`${hosted.origin}/v1/tasks/${id}/wait`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.get("anna")}` },
      signal: hangUp.signal
    })
    hangUp.abort()
    await expect(waiting).rejects.toThrow("abort")
    await hosted.kling.finishTasks()
    expect((await anna(`GET /v1/tasks/${id}`)).json).toMatchObject({ task_id: id, status: "succeed" })
  })

  it("approves a price with the token of its quote, once", async () => {
    const { settings, kling } = hosted
    const limits = { KLINGKIT_CONFIRM_ABOVE_USD: "0.1", KLINGKIT_CONFIRM_TOKENS: "on" }
    const { program, origin } = await startHttp({ ...settings, ...limits })
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${keys.get("anna")}`, "content-type": "application/json" }
      const response = await fetch(`${origin}/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) })
      return { status: response.status, json: (await response.json()) as Json }
    }
    const video = { prompt: "a lantern on a boat", duration: 5 }
    const before = (await kling.ledger()).tasks.length
    const refused = await post("/tools/generate_video", video)
    expect(refused).toMatchObject({ status: 403, json: { code: "JOB_NOT_APPROVED", charged: "no" } })
    const quoted = await post("/quotes", { tool: "generate_video", arguments: video })
    const approved = { ...video, confirm_token: quoted.json["confirm_token"] }
    expect((await post("/tools/generate_video", approved)).status).toBe(202)
    expect((await post("/tools/generate_video", { ...approved, take: 2 })).status).toBe(403)
    expect((await kling.ledger()).tasks).toHaveLength(before + 1)
    program.child.kill("SIGTERM")
    await program.ended
  })

  it("gives the same key as another caller without meeting its task", async () => {
    const request = { body: { prompt: "a quiet bay" }, headers: { "idempotency-key": "shared" } }
    const [one, two] = await Promise.all([anna, ben].map((caller) => caller("POST /v1/tools/generate_image", request)))
    expect([one?.status, two?.status]).toEqual([202, 202])
    expect(one?.json["task_id"]).not.toBe(two?.json["task_id"])
  })

  it("sees the task of someone else exactly as one that never was", async () => {
    const made = await anna("POST /v1/tools/generate_image", { body: { prompt: "a pier at night" } })
    const id = field(made.json, "task_id")
    const unknown = `kk-img-${"0".repeat(26)}`
    for (const route of ["GET /v1/tasks/ID", "POST /v1/tasks/ID/wait", "POST /v1/tasks/ID/download"]) {
      const theirs = await ben(route.replace("ID", id))
      const none = await ben(route.replace("ID", unknown))
      expect(theirs.status).toBe(404)
      expect(theirs.headers.get("content-type")).toBe("application/problem+json")
      expect(theirs.text.replaceAll(id, unknown)).toBe(none.text)
    }
  })

  it("calls an operation of Kling by its native input, with the scope for it only", async () => {
    const route = "POST /v1/operations/new.t2v.kling-3.0"
    expect(await anna(route, { body: {} })).toMatchObject({ status: 403, json: { code: "REST_NOT_ALLOWED" } })
    const before = (await hosted.kling.ledger()).tasks.length
    const once = { body: { prompt: "a red kite", durationSeconds: 5 }, headers: { "idempotency-key": "raw" } }
    const made = await as("root")(`${route}?take=1`, once)
    expect(made).toMatchObject({ status: 202, json: { operation: "new.t2v.kling-3.0" } })
    expect((await as("root")(route, once)).json).toMatchObject({ task_id: made.json["task_id"], repeated: true })
    expect((await hosted.kling.ledger()).tasks).toHaveLength(before + 1)
    const wrong = await as("root")(`${route}?prompt=x`, { body: {} })
    expect(wrong).toMatchObject({ status: 400, json: { problems: [{ field: "prompt" }] } })
    const free = await as("root")("POST /v1/operations/account.costs", { body: { startTime: 1, endTime: 2 } })
    expect(free.status).toBe(200)
  })
})

describe("a request that is not served", () => {
  it("is answered with where to sign in, or with the scope that it needs", async () => {
    const unknown = await as(undefined)("GET /v1/tasks")
    expect(unknown).toMatchObject({ status: 401, json: { code: "REST_NOT_SIGNED_IN", charged: "no" } })
    expect(unknown.headers.get("www-authenticate")).toContain('Bearer realm="klingkit"')
    const reports = as("reports")
    expect((await reports("GET /v1/spend")).status).toBe(200)
    for (const route of ["POST /v1/tools/generate_image", "POST /v1/tasks/kk-img-x/download"]) {
      const refused = await reports(route, { body: {} })
      expect(refused).toMatchObject({ status: 403, json: { detail: "this call needs the scope kling:generate" } })
      expect(refused.headers.get("www-authenticate")).toMatch(/error="insufficient_scope".*scope="kling:generate"/)
    }
  })

  const video = "POST /v1/tools/generate_video"
  const many = [..."a".repeat(2001)]
  const wrongRequests: ReadonlyArray<readonly [what: string, route: string, sent: Sent, status: number, code: string]> =
    [
      ["a value out of its limits", video, { body: { prompt: "a", duration: 99 } }, 400, "KLING_INVALID_INPUT"],
      ["an unknown field of a paid call", video, { body: { prompt: "a", seed: 7 } }, 400, "KLING_INVALID_INPUT"],
      ["a body that is not JSON", video, { body: "{" }, 400, "REST_BAD_BODY"],
      ["a body that is a list", video, { body: [] }, 400, "REST_BAD_BODY"],
      ["a body of thousands of parts", video, { body: { a: many } }, 400, "REST_BAD_BODY"],
      ["a body of megabytes", video, { body: { prompt: "a".repeat(4 * 1024 * 1024) } }, 413, "REST_TOO_LARGE"],
      [
        "a form",
        video,
        { body: "prompt=a", headers: { "content-type": "application/x-www-form-urlencoded" } },
        415,
        "REST_WRONG_TYPE"
      ],
      [
        "a compressed body",
        video,
        { body: { prompt: "a" }, headers: { "content-encoding": "gzip" } },
        415,
        "REST_WRONG_TYPE"
      ],
      [
        "two keys for one request",
        video,
        { body: { prompt: "a", idempotency_key: "b" }, headers: { "idempotency-key": "a" } },
        400,
        "KLING_INVALID_INPUT"
      ],
      [
        "a price above the limit",
        video,
        { body: { prompt: "a", variants: 4, duration: 10 } },
        403,
        "LEDGER_OVER_BUDGET"
      ],
      ["a tool that does not exist", "POST /v1/tools/generate_film", { body: {} }, 404, "REST_UNKNOWN_PATH"],
      ["a paid call by GET", "GET /v1/tools/generate_video", {}, 405, "REST_WRONG_METHOD"],
      ["a task that should be deleted", "DELETE /v1/tasks/kk-img-1", {}, 405, "REST_WRONG_METHOD"],
      ["a document that should be changed", "POST /v1/openapi.json", { body: {} }, 405, "REST_WRONG_METHOD"],
      ["the root", "GET /v1", {}, 404, "REST_UNKNOWN_PATH"],
      ["a query of the wrong type", "GET /v1/tasks?page=first", {}, 400, "KLING_INVALID_INPUT"],
      ["a query with two values for one", "GET /v1/tasks?page=1&page=2", {}, 400, "KLING_INVALID_INPUT"],
      ["a path that is not UTF-8", "GET /v1/tasks/%ff", {}, 404, "REST_UNKNOWN_PATH"],
      [
        "two ways to name a task",
        "POST /v1/tasks/kk-img-1/wait",
        { body: { task_ids: ["a"] } },
        400,
        "KLING_INVALID_INPUT"
      ]
    ]
  it.each(wrongRequests)("is answered with what is wrong: %s", async (_, route, sent, status, code) => {
    const before = (await hosted.kling.ledger()).tasks.length
    const answer = await anna(route, sent)
    expect(answer.json).toMatchObject({ status, code, charged: "no" })
    expect(answer.status).toBe(status)
    expect(answer.headers.get("content-type")).toBe("application/problem+json")
    expect(answer.headers.get("allow") === null).toBe(status !== 405)
    expect((await hosted.kling.ledger()).tasks).toHaveLength(before)
  })

  it("comes from a page of somewhere else", async () => {
    const answer = await anna("GET /v1/tasks", { headers: { origin: "https://evil.example" } })
    expect(answer).toMatchObject({ status: 403, json: { code: "REST_NOT_ALLOWED" } })
  })
})

describe("the paths", () => {
  it("are read with a slash at the end too, and HEAD is answered without a body", async () => {
    expect((await anna("GET /v1/models/")).json).toHaveProperty("models")
    expect(await anna("HEAD /v1/models")).toMatchObject({ status: 200, text: "" })
  })

  it("are described by a document that everyone may read", async () => {
    const { status, json } = await as(undefined)("GET /v1/openapi.json")
    expect(status).toBe(200)
    expect(json).toMatchObject({ openapi: "3.1.1", servers: [{ url: hosted.origin }] })
  })
})
