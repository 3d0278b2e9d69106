import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { klingCodes } from "../errors/codes.ts"
import { accountCosts } from "../operations/account.ts"
import { type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, lost, text } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { retryDelayMillis, retryPolicy } from "./retry.ts"

const readCosts = Kling.use((kling) => kling.call(accountCosts, { startTime: 0, endTime: 1 }))
const costs = text(200, `{"code":0,"data":{"resource_pack_subscribe_infos":[]}}`)
const down = code(5001, "maintenance", { status: 503 })

/** Answers `failure` for the first `seconds`, or the first `times` requests, then normally. */
const failingFor = (failure: Answer, limit: { readonly seconds?: number; readonly times?: number }): FakeOptions => {
  let count = 0
  return {
    answer: (request) =>
      count++ < (limit.times ?? Number.POSITIVE_INFINITY) && request.atMillis < (limit.seconds ?? 1e9) * 1000
        ? failure
        : costs
  }
}

const readCostsFrom = Effect.fnUntraced(function* (options: FakeOptions) {
  const fake = fakeKling(options)
  const ended = yield* inVirtualTime(readCosts).pipe(Effect.provide(klingOver(fake)))
  return { ...ended, requests: fake.requests.length }
})

describe("the delay before a retry", () => {
  it.prop(
    "lies between 0 and the doubled step, or is what the server requested, up to the policy's cap",
    {
      attempt: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 })),
      random: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      requested: Schema.Union([Schema.Undefined, Schema.Finite])
    },
    ({ attempt, random, requested }) => {
      const delay = retryDelayMillis(attempt, random, requested)
      const step = Math.min(retryPolicy.capMillis, retryPolicy.baseMillis * 2 ** attempt)
      const granted = Math.min(retryPolicy.retryAfterCapMillis, Math.max(0, (requested ?? 0) * 1000))
      expect(delay).toBeGreaterThanOrEqual(granted)
      expect(delay).toBeLessThanOrEqual(Math.max(granted, step))
    },
    { arbitrary: { runs: 1000, seed: "klingkit" } }
  )

  it("uses the full range, so clients that failed together retry apart", () => {
    expect([0, 0.5, 1].map((random) => retryDelayMillis(2, random, undefined))).toEqual([0, 2000, 4000])
  })
})

describe("a read", () => {
  const transient = {
    ...ambiguousAnswers,
    "no connection": lost("ENOTFOUND"),
    "too many requests": code(1302, "too fast", { status: 429 }),
    "no free slot": code(1303, "parallel task over resource pack limit", { status: 429 }),
    "a gateway's limit": text(429, "<html>Too Many Requests</html>")
  }
  it.effect.each(Object.entries(transient).filter(([name]) => name !== "an answer without an id"))(
    "is retried after a transient failure: %s",
    ([, answer]) =>
      Effect.gen(function* () {
        const { result } = yield* readCostsFrom(failingFor(answer, { times: 2 }))
        expect(Result.getOrThrow(result)).toEqual({ resource_pack_subscribe_infos: [] })
      })
  )

  it.effect("fails within the policy's retries and time when every attempt fails", () =>
    Effect.gen(function* () {
      const { result, requests, seconds } = yield* readCostsFrom(failingFor(down, {}))
      expect(Result.isFailure(result) && result.failure.reason._tag).toBe("ServerError")
      expect(requests).toBe(retryPolicy.maxRetries + 1)
      expect(seconds).toBeLessThanOrEqual(15)

      const delayed = yield* readCostsFrom(
        failingFor(code(1302, "", { status: 429, headers: { "retry-after": "50" } }), {})
      )
      expect(delayed.seconds * 1000).toBeLessThanOrEqual(retryPolicy.giveUpAfterMillis)
    })
  )

  it.effect("waits as long as Kling requests, at most a minute per attempt", () =>
    Effect.gen(function* () {
      for (const [retryAfter, seconds] of [
        ["7", 7],
        ["86400", 60]
      ] as const) {
        const busy = code(1302, "too fast", { status: 429, headers: { "retry-after": retryAfter } })
        const ended = yield* readCostsFrom(failingFor(busy, { times: 1 }))
        expect(Result.isSuccess(ended.result)).toBe(true)
        expect(ended.seconds).toBe(seconds)
      }
    })
  )

  it.effect.each(klingCodes.filter((row) => row.httpStatus === 429 && row.retry === "never").map((row) => row.code))(
    "is not retried after the permanent code %i, although it comes with HTTP 429",
    (number) =>
      Effect.gen(function* () {
        const { result, requests } = yield* readCostsFrom(failingFor(code(number, "for good", { status: 429 }), {}))
        expect(Result.isFailure(result)).toBe(true)
        expect(requests).toBe(1)
      })
  )
})

describe("a minute of outage", () => {
  const outage = Effect.fnUntraced(function* (callsEach: number, startsApartSeconds: number) {
    const fake = fakeKling(failingFor(down, { seconds: 60 }))
    const fibre = (index: number) =>
      Effect.forEach(
        Array.from({ length: callsEach }),
        () => Effect.andThen(Effect.ignore(readCosts), Effect.sleep("1 seconds")),
        { discard: true }
      ).pipe(Effect.delay(`${index * startsApartSeconds} seconds`))
    const all = Effect.forEach(Array.from({ length: 200 }).keys(), fibre, { concurrency: "unbounded" })
    yield* inVirtualTime(all).pipe(Effect.provide(klingOver(fake)))
    return fake.requests.length / (200 * callsEach)
  })

  it.effect.each([
    ["200 calls at the same moment", 1, 0],
    ["200 calls one after the other", 1, 0.3],
    ["200 programs that call ten times each", 10, 0.1]
  ] as const)("causes at most 1.1 times the requests of a client without retries: %s", ([, callsEach, startsApart]) =>
    Effect.gen(function* () {
      expect(yield* outage(callsEach, startsApart)).toBeLessThanOrEqual(1.1)
    })
  )

  it.effect("does not affect later calls", () =>
    Effect.gen(function* () {
      const fake = fakeKling(failingFor(down, { seconds: 60 }))
      const { result } = yield* inVirtualTime(
        Effect.gen(function* () {
          yield* Effect.forEach(Array.from({ length: 200 }), () => Effect.ignore(readCosts), {
            concurrency: "unbounded"
          })
          yield* Effect.sleep("60 seconds")
          return yield* Effect.all(Array.from({ length: 50 }, () => readCosts))
        })
      ).pipe(Effect.provide(klingOver(fake)))
      expect(Result.isSuccess(result)).toBe(true)
    })
  )
})
