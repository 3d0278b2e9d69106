import { verifyCallback } from "@klingkit/core"
import { readImageHeader } from "@klingkit/core/internal"
import { Effect, Redacted } from "effect"
import { createServer, request as httpRequest } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, it } from "vitest"
import type { FaultPlan } from "../faults/fault-plan.ts"
import { imageBody, type Loose, videoBody } from "../testing/send-request.ts"
import { KlingWorld } from "../world/kling-world.ts"
import { answerHttp } from "./answer-http.ts"
import { type EmulatorOptions, runEmulator, type RunningEmulator } from "./emulator.ts"

const opened: Array<{ close(): Promise<void> }> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

/** A running emulator whose tasks finish immediately. */
const started = async (options: EmulatorOptions = {}): Promise<RunningEmulator> => {
  const emulator = await runEmulator({ speed: 100_000, ...options })
  opened.push(emulator)
  return emulator
}

const sendRequest = async (
  { url, apiKey }: Pick<RunningEmulator, "url" | "apiKey">,
  path: string,
  body?: unknown
): Promise<Response> =>
  fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
  })

const json = async (answer: Promise<Response>): Promise<Loose> => (await answer).json()

const withFault = (fault: NonNullable<FaultPlan["faults"]>[number]) => started({ faults: { faults: [fault] } })

/** How a request over a raw socket ends: the code of its error, or the received bytes. */
const ending = (emulator: RunningEmulator): Promise<string> =>
  new Promise((resolve) => {
    const headers = { authorization: `Bearer ${emulator.apiKey}` }
    const request = httpRequest(`${emulator.url}/text-to-video/kling-3.0`, { method: "POST", headers }, (response) => {
      let received = 0
      response.on("data", (chunk: Buffer) => (received += chunk.length))
      response.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code} after ${received} bytes`))
      response.on("end", () => resolve(`all ${received} bytes`))
    })
    request.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code}: ${error.message}`))
    request.end(JSON.stringify(videoBody("mine")))
  })

const chargesOf = async (emulator: RunningEmulator): Promise<number> =>
  (await json(sendRequest(emulator, "/_emulator/ledger"))).charges.length

describe("an image", () => {
  it("is created, read and downloaded over HTTP, whole and in ranges", async () => {
    const emulator = await started()
    const { data } = await json(
      sendRequest(emulator, "/v1/images/generations", { ...imageBody(), aspect_ratio: "1:1" })
    )
    const done = (await json(sendRequest(emulator, `/v1/images/generations/${data.task_id}`))).data
    const { url } = done.task_result.images[0]
    const whole = await fetch(url)
    const bytes = new Uint8Array(await whole.arrayBuffer())
    expect(readImageHeader(bytes)).toEqual({ format: "png", width: 1024, height: 1024 })
    expect(whole.headers.get("content-type")).toBe("image/png")
    expect(whole.headers.get("content-length")).toBe(String(bytes.length))
    const etag = whole.headers.get("etag") ?? ""
    const part = await fetch(url, { headers: { range: "bytes=100-199", "if-range": etag } })
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-199/${bytes.length}`])
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(100, 200))
    const head = await fetch(url, { method: "HEAD" })
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
      200,
      String(bytes.length),
      ""
    ])
    expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304)
    expect((await fetch(url, { headers: { range: `bytes=${bytes.length}-` } })).status).toBe(416)
  })

  it("is downloaded up to where a fault cuts it, and resumed from there", async () => {
    const emulator = await withFault({ fault: "cut-download", afterBytes: 500 })
    const { data } = await json(sendRequest(emulator, "/v1/images/generations", imageBody()))
    const { url } = (await json(sendRequest(emulator, `/tasks?task_ids=${data.task_id}`))).data[0].outputs[0]
    const broken = await fetch(url)
    await expect(broken.arrayBuffer()).rejects.toThrow("terminated")
    const rest = await fetch(url, { headers: { range: "bytes=500-" } })
    expect((await rest.arrayBuffer()).byteLength).toBe(Number(broken.headers.get("content-length")) - 500)
  })
})

describe("a lost response", () => {
  it.each([
    ["drop", /^ECONNRESET: socket hang up$/, 0],
    ["commit-then-drop", /^ECONNRESET: socket hang up$/, 1],
    ["commit-then-rst", /^ECONNRESET: read ECONNRESET$/, 1],
    ["commit-then-truncate", /^ECONNRESET after 20 bytes$/, 1],
    ["commit-then-502", /^all \d+ bytes$/, 1]
  ] as const)("by %s looks like %s and leaves %s charges", async (fault, symptom, charges) => {
    const emulator = await withFault({ fault })
    expect(await ending(emulator)).toMatch(symptom)
    await sendRequest(emulator, "/_emulator/advance", { seconds: 60 })
    expect(await chargesOf(emulator)).toBe(charges)
  })

  it("hangs until the client aborts, and does not prevent the emulator from closing", async () => {
    const emulator = await withFault({ fault: "commit-then-hang" })
    const gone = ending(emulator)
    await sendRequest(emulator, "/_emulator/advance", { seconds: 60 })
    while ((await chargesOf(emulator)) === 0) await sendRequest(emulator, "/_emulator/advance", { seconds: 60 })
    await emulator.close()
    opened.length = 0
    expect(await gone).toMatch(/^ECONNRESET/)
  })
})

describe("access", () => {
  it("is limited to this machine: no other host is bound or served", async () => {
    await expect(runEmulator({ host: "0.0.0.0" })).rejects.toThrow("loopback only")
    const { url } = await started()
    const { port } = new URL(url)
    const status = await new Promise((resolve, reject) => {
      const headers = { host: "evil.example" }
      httpRequest({ port, host: "127.0.0.1", path: "/_emulator/ledger", headers }, ({ statusCode }) =>
        resolve(statusCode)
      )
        .on("error", reject)
        .end()
    })
    expect(status).toBe(403)
  })

  it("fails with one sentence when the port is in use", async () => {
    const { port } = new URL((await started()).url)
    await expect(runEmulator({ port: Number(port) })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use.`)
  })
})

it("sends signed callbacks over HTTP to this machine only", async () => {
  const secrets: Array<string> = []
  const events: Array<{ id: string; status: string }> = []
  const hook = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", async () => {
      const body = Buffer.concat(chunks)
      const nowMs = Number(request.headers["webhook-timestamp"]) * 1000
      const verified = { secrets: secrets.map((one) => Redacted.make(one)), headers: request.headers, body, nowMs }
      const { id } = await Effect.runPromise(verifyCallback(verified))
      events.push({ id, status: JSON.parse(body.toString("utf8")).status })
      response.end()
      hook.emit("event")
    })
  })
  hook.listen(0, "127.0.0.1")
  await once(hook, "listening")
  opened.push({ close: async () => void hook.close() })
  const emulator = await started({ speed: 1000 })
  secrets.push(emulator.webhookSecret)
  const calling = (callback_url: string) => ({ ...videoBody(), options: { callback_url } })
  await sendRequest(emulator, "/text-to-video/kling-3.0", calling("http://192.0.2.1/hook"))
  await sendRequest(
    emulator,
    "/text-to-video/kling-3.0",
    calling(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`)
  )
  while (events.length < 3) await once(hook, "event")
  expect(events.map(({ status }) => status).toSorted()).toEqual(["processing", "submitted", "succeeded"])
  const { callbacks } = await json(sendRequest(emulator, "/_emulator/callbacks"))
  const elsewhere = callbacks.filter((one: Loose) => one.url.includes("192.0.2.1"))
  expect(elsewhere[0].outcome).toBe("not sent: the emulator calls loopback addresses only")
})

it("reports when a file cannot be rendered", async () => {
  const world = new KlingWorld({ speed: 1e6, render: () => Effect.die(new Error("no ink left")) })
  const server = createServer((request, response) => {
    Effect.runFork(answerHttp(world, request, response))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  opened.push({ close: async () => void server.close() })
  const emulator = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...world.keys }
  world.state.baseUrl = emulator.url
  const { data } = await json(
    sendRequest(emulator, "/v1/audio/tts", { text: "a", voice_id: "b", voice_language: "en" })
  )
  const answer = await fetch(data.task_result.audios[0].url)
  expect([answer.status, await answer.text()]).toEqual([500, "The emulator failed: Error: no ink left\n"])
})
