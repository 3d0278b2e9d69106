import { describe, expect, it } from "@effect/vitest"
import {
  findKlingCode,
  findOperation,
  Kling,
  KlingError,
  operations,
  readCallback,
  receiptOf,
  type Task,
  type TaskOperation
} from "@klingkit/core"
import { chargedUsd } from "@klingkit/core/internal"
import { Cause, Context, Effect, Exit, Fiber, Layer, Redacted, Schema, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { fixtures } from "../testing/fixtures.ts"
import type { Loose } from "../testing/send-request.ts"
import { canaryKey, spoil, Spoiling } from "../testing/spoil-answer.ts"

const handle = "kk-t2v-0123456789abcdefghjkmnpqrs"
const samples = Object.entries(fixtures).flatMap(([id, { created, finished }]) => {
  const operation = findOperation(id)
  return operation?.externalId === undefined || created === undefined || finished === undefined
    ? []
    : [{ operation, created, finished }]
})

/** The record as Kling has it after a create with our external id. */
const ours = (record: Loose): Loose =>
  "task_id" in record && !("status" in record)
    ? { ...record, task_info: { ...record["task_info"], external_task_id: handle } }
    : { ...record, external_id: handle }

const Script = Schema.Struct({
  sample: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: samples.length - 1 })),
  create: Spoiling,
  reads: Schema.Array(Spoiling).check(Schema.isMinLength(6), Schema.isMaxLength(10)),
  callback: Spoiling,
  costs: Spoiling
})

let drawn = 0

/** A Kling that has the task from the first send on, and whose answers are spoiled as the script says. */
const hostileKling = (script: typeof Script.Type) => {
  const { operation, created, finished } = samples[script.sample] ?? fail("no sample")
  const reads = [...script.reads]
  const creates: Array<string> = []
  const answer = (body: unknown, spoiling: Spoiling) => {
    drawn += 1
    return { bytes: spoil(body, spoiling), status: spoiling.status }
  }
  const honest = (body: unknown) => ({ bytes: new TextEncoder().encode(JSON.stringify(body)), status: 200 })
  const envelope = (data: unknown) => ({ code: 0, message: "SUCCEED", request_id: "r-1", data })
  const read = (data: unknown) => {
    const spoiling = reads.shift()
    if (spoiling === undefined) return honest(envelope(data))
    const spoiled = answer(envelope(data), spoiling)
    // That there is no such task would be a lie, which no client can see through.
    return /"data":\[\]/.test(new TextDecoder().decode(spoiled.bytes)) ? honest(envelope(data)) : spoiled
  }
  const respond = (method: string, url: URL, body: string) => {
    if (url.pathname === "/account/costs") return answer(fixtures["account.costs"]?.created, script.costs)
    if (method === "POST" && body.includes(handle)) {
      creates.push(body)
      if (creates.length > 1) return honest({ code: 1201, message: `External_task_id ${handle} already exists` })
      const first = { ...created, data: ours(created["data"]) }
      const sent = answer(first, script.create)
      creates[0] = new TextDecoder().decode(sent.bytes)
      return sent
    }
    const record = ours(finished)
    if (method === "POST") return read({ result: [record, finished], has_more: false })
    return read(url.searchParams.size > 0 ? [record] : record)
  }
  const client = HttpClient.make((request, url) =>
    Effect.sync(() => {
      const sent = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      const { bytes, status } = respond(request.method, url, sent)
      const response = HttpClientResponse.fromWeb(request, new Response(null, { status }))
      return Object.defineProperty(response, "stream", { value: Stream.make(bytes) })
    })
  )
  const layer = Kling.layer({
    credentials: { kind: "api-key", apiKey: Redacted.make(canaryKey) },
    baseUrl: "https://kling.example"
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
  return { operation, finished, creates, layer }
}

const fail = (message: string): never => {
  throw new Error(message)
}

const inVirtualTime = Effect.fnUntraced(function* <A, E>(effect: Effect.Effect<A, E>) {
  const running = yield* Effect.forkChild(Effect.exit(effect))
  yield* TestClock.adjust("1 hour")
  return yield* Fiber.join(running)
})

/** Whether the first answer to the create is a refusal that Kling documents. */
const isKnownRefusal = (text: string | undefined): boolean => {
  try {
    const { code } = JSON.parse(text ?? "") as { code?: unknown }
    const known = typeof code === "number" ? findKlingCode(code) : undefined
    return known !== undefined && known.reason !== "ServerError"
  } catch {
    return false
  }
}

const stringsIn = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, field]) => [key, ...stringsIn(field)])
      : []

const foul = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u

const expectClean = (value: unknown, longest = 8192) => {
  const isFoul = (text: string) => foul.test(text) || /c4n4ry|0w1x2y3/i.test(text) || text.length > longest
  expect(stringsIn(value).filter(isFoul)).toEqual([])
}

const expectBelievable = (task: Task) => {
  expectClean(task)
  expect(task.id).toMatch(/^[!-~]{1,200}$/)
  for (const time of [task.createdAt, task.updatedAt]) {
    if (time !== undefined) expect(new Date(time).toISOString()).toMatch(/^\d{4}-/)
  }
  for (const output of task.outputs) {
    for (const [name, value] of Object.entries(output)) {
      if (/url$/i.test(name)) expect(value).toMatch(/^https?:\/\/[!-~]+$/i)
      if (/id$/i.test(name)) expect(value).toMatch(/^[!-~]{1,200}$/)
    }
    if ("durationSeconds" in output) expect(output.durationSeconds).toBeGreaterThanOrEqual(0)
  }
  for (const { amount } of task.charges) expect(amount >= 0 && amount <= 1e8).toBe(true)
  expect(chargedUsd(task.charges, { pack: "video" }) ?? 0).toBeGreaterThanOrEqual(0)
  const quote = { state: "exact", pack: "video", units: 3, priceUsd: 0.42, rule: "" } as const
  expectClean(receiptOf(quote, task))
}

const errorOf = (exit: Exit.Exit<unknown, KlingError>): KlingError | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const error = Cause.squash(exit.cause)
  // A defect would be anything else.
  if (!(error instanceof KlingError)) throw error
  expectClean([error.message, error.suggestion, JSON.parse(JSON.stringify(error))], 2000)
  return error
}

describe("a server whose answers are spoiled at random", () => {
  it.effect.prop(
    "crashes nothing, forges no line, hands on no foul value, learns no more of the key, and is not believed about money",
    { script: Script },
    ({ script }) =>
      Effect.gen(function* () {
        const { operation, finished, creates, layer } = hostileKling(script)
        const kling = Context.get(yield* Layer.build(layer), Kling)

        const submitted = yield* inVirtualTime(
          kling.submit(operation as TaskOperation, operation.example as never, { externalTaskId: handle })
        )
        expect(creates.length).toBeLessThanOrEqual(2)
        if (Exit.isSuccess(submitted)) {
          expectBelievable(submitted.value.task)
          expect(submitted.value.task.externalId ?? handle).toBe(handle)
        } else if (errorOf(submitted)?.wasCharged === "no" && operation.billed) {
          expect(isKnownRefusal(creates[0])).toBe(true)
        }

        for (let read = 0; read < 4; read++) {
          const found = yield* inVirtualTime(kling.task(handle))
          if (Exit.isSuccess(found)) expectBelievable(found.value)
          else errorOf(found)
        }
        const listed = yield* inVirtualTime(Stream.runCollect(kling.tasks()))
        if (Exit.isSuccess(listed)) listed.value.forEach(expectBelievable)
        else errorOf(listed)
        const costs = yield* inVirtualTime(kling.call(operations["account.costs"], { startTime: 0, endTime: 1 }))
        if (Exit.isSuccess(costs)) expectClean(costs.value, 30_000)
        else errorOf(costs)

        drawn += 1
        const event = yield* Effect.result(readCallback(spoil(finished, script.callback)))
        if (event._tag === "Success") {
          const { task } = event.success
          expect(stringsIn(task).filter((text) => foul.test(text))).toEqual([])
        }
      }),
    { arbitrary: { runs: 1000, seed: "klingkit" }, timeout: 120_000 }
  )

  it("has sent 10,000 answers", () => {
    expect(drawn).toBeGreaterThan(10_000)
  })
})
