import { assert, asyncProperty, constantFrom } from "fast-check"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startHosted } from "./hosted-server.ts"

const secrets = {
  operator: "api-key-kling-0perat0rs0perat0rs",
  server: "the-s3cret-of-all-replicas",
  caller: "api-key-kling-c4llersc4llersc4llers",
  bearer: `klingkit_${"b34rer".repeat(8)}`
}
const headersOf = (more: Readonly<Record<string, string>> = {}) => ({
  "content-type": "application/json",
  accept: "application/json",
  authorization: `Bearer ${secrets.bearer}`,
  "x-kling-api-key": secrets.caller,
  ...more
})

/** A Kling that repeats what it is sent in each field of its answers, with statuses of all kinds. */
const repeating = createServer((request, response) => {
  const sent = String(request.headers.authorization)
  const status = [200, 401, 429, 500][sent.length % 4] ?? 200
  response.writeHead(status, { "content-type": "application/json", "x-sent": sent })
  response.end(
    JSON.stringify({ code: 1000 + (sent.length % 400), message: `no ${sent}`, request_id: sent, data: sent })
  )
})

type Hosted = Awaited<ReturnType<typeof startHosted>>
let hosted: Hosted
beforeAll(async () => {
  await once(repeating.listen(0, "127.0.0.1"), "listening")
  hosted = await startHosted({
    KLINGAI_API_KEY: secrets.operator,
    KLINGAI_BASE_URL: `http://127.0.0.1:${(repeating.address() as AddressInfo).port}`,
    KLINGKIT_SECRET: secrets.server,
    KLINGKIT_LOG: "json",
    KLINGKIT_LOG_LEVEL: "debug"
  })
})
afterAll(async () => {
  await hosted.close()
  repeating.close()
})

interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** The lines about a request, once it has been answered. */
const linesOf = async (id: string): Promise<ReadonlyArray<Line>> => {
  const found = () =>
    hosted
      .stderr()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line)
      .filter(({ annotations }) => annotations["request_id"] === id)
  await expect.poll(() => found().some(({ message }) => message === "request"), { timeout: 30_000 }).toBe(true)
  return found()
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}, query = "") =>
  fetch(`${hosted.url}${query}`, { method: "POST", headers: headersOf(headers), body })

describe("a request", () => {
  it("is logged under its id, with its route and not with its path", async () => {
    const answer = await fetch(`${hosted.origin}/callbacks/kling/kk-t2v-0/mark?x=1`, {
      headers: { "x-request-id": "proxy-1" }
    })
    expect(answer.headers.get("x-request-id")).toBe("proxy-1")
    expect(await linesOf("proxy-1")).toMatchObject([
      { level: "INFO", annotations: { method: "GET", route: "/callbacks/kling", status: 405 } }
    ])
    expect(hosted.stderr()).not.toContain("kk-t2v-0")
  })

  it("has the same id in all lines about it", async () => {
    await post("[1", { "x-request-id": "proxy-2" })
    expect((await linesOf("proxy-2")).map(({ message }) => message)).toEqual([
      expect.stringContaining("not valid JSON"),
      "request"
    ])
  })

  it.each(["", "two words", "x".repeat(200), "täg"])("gets a new id instead of %j", async (given) => {
    const answer = await fetch(`${hosted.origin}/healthz`, {
      headers: { "x-request-id": encodeURI(given) === given ? given : "%" }
    })
    const id = answer.headers.get("x-request-id") ?? ""
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await linesOf(id)).toMatchObject([{ annotations: { route: "/healthz", status: 200 } }])
  })
})

it("writes no secret, wherever one is", async () => {
  const inBase64 = (text: string) => Buffer.from(`Bearer ${text}`).toString("base64")
  const spellings = [(text: string) => text, encodeURIComponent, inBase64, (text: string) => text.slice(0, 24)]
  const call = (name: string, args: unknown, id: unknown) =>
    JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } })
  const inputs: Readonly<Record<string, (text: string) => Promise<Response>>> = {
    "the request id": (text) => post(call("list_tasks", {}, 1), { "x-request-id": text }),
    "the id of a message": (text) => post(`{"jsonrpc":"1.0","id":${JSON.stringify(text)},"method":5}`),
    "a body that is no JSON": (text) => post(`{"${text}`),
    "the query": (text) => post(call("list_tasks", {}, 1), {}, `?key=${text}`),
    "the name of a tool": (text) => post(call(text, {}, 1)),
    "an argument": (text) => post(call("generate_image", { prompt: text, [text]: text }, 1)),
    "what Kling answers": (text) => post(call("check_video_status", { task_id: text }, 1)),
    "a callback": (text) =>
      fetch(`${hosted.origin}/callbacks/kling`, { method: "POST", headers: headersOf(), body: text })
  }
  await assert(
    asyncProperty(
      constantFrom(...Object.keys(inputs)),
      constantFrom(...Object.values(secrets)),
      constantFrom(...spellings),
      async (input, secret, spell) => {
        const answer = await inputs[input]?.(spell(secret))
        const id = answer?.headers.get("x-request-id") ?? ""
        const shown = Object.values(secrets).some((value) => id.includes(value.slice(0, 24)))
        if (!shown && spell !== inBase64) await linesOf(id)
      }
    ),
    { numRuns: 60 }
  )
  const last = await fetch(`${hosted.origin}/healthz`)
  await linesOf(last.headers.get("x-request-id") ?? "")
  const written = hosted.stderr()
  expect(written).toContain("[secret]")
  const spelled = Object.values(secrets).flatMap((secret) => spellings.map((spell) => spell(secret)))
  expect(written.split("\n").filter((line) => spelled.some((text) => line.includes(text)))).toEqual([])
}, 120_000)
