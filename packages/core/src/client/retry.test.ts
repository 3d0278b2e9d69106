import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { klingCodes } from "../errors/codes.ts"
import { accountCosts } from "../operations/account.ts"
import { type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, lost, text } from "../testing/fate.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { retryDelayMillis, retryPolicy } from "./retry.ts"

const readCosts = Kling.use((kling) => kling.call(accountCosts, { startTime: 0, endTime: 1 }))
const costs = text(200, `{"code":0,"data":{"resource_pack_subscribe_infos":[]}}`)
const down = code(5001, "maintenance", { status: 503 })

/** Answers `bad` for the first `seconds`, or the first `times` requests, then well. */
const badFor = (bad: Answer, limit: { readonly seconds?: number; readonly times?: number }): FakeOptions => {
  let count = 0
  return {
    answer: (request) =>
      count++ < (limit.times ?? Number.POSITIVE_INFINITY) && request.atMillis < (limit.seconds ?? 1e9) * 1000
        ? bad
        : costs
  }
}

const readThrough = Effect.fnUntraced(function* (options: FakeOptions) {
  const fake = fakeKling(options)
  const ended = yield* inVirtualTime(readCosts).pipe(Effect.provide(klingOver(fake)))
  return { ...ended, requests: fake.seen.length }
})

describe("the pause before a retry", () => {
  it.prop(
    "lies between nothing and the doubled step, or is what the server asked for, cut to the policy's cap",
    {
      attempt: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 })),
      random: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      asked: Schema.Union([Schema.Undefined, Schema.Finite])
    },
    ({ attempt, random, asked }) => {
      const delay = retryDelayMillis(attempt, random, asked)
      const step = Math.min(retryPolicy.capMillis, retryPolicy.baseMillis * 2 ** attempt)
      const granted = Math.min(retryPolicy.retryAfterCapMillis, Math.max(0, (asked ?? 0) * 1000))
      expect(delay).toBeGreaterThanOrEqual(granted)
      expect(delay).toBeLessThanOrEqual(Math.max(granted, step))
    },
    { arbitrary: { runs: 1000, seed: "klingkit" } }
  )

  it("uses the whole step: clients that failed together come back apart", () => {
    expect([0, 0.5, 1].map((random) => retryDelayMillis(2, random, undefined))).toEqual([0, 2000, 4000])
  })
})

describe("a read", () => {
  const passing = {
    ...ambiguousAnswers,
    "no connection": lost("ENOTFOUND"),
    "too many requests": code(1302, "too fast", { status: 429 }),
    "no free slot": code(1303, "parallel task over resource pack limit", { status: 429 }),
    "a gateway's limit": text(429, "<html>Too Many Requests</html>")
  }
  it.effect.each(Object.entries(passing).filter(([name]) => name !== "an answer without an id"))(
    "is asked again after what may pass: %s",
    ([, answer]) =>
      Effect.gen(function* () {
        const { result } = yield* readThrough(badFor(answer, { times: 2 }))
        expect(Result.getOrThrow(result)).toEqual({ resource_pack_subscribe_infos: [] })
      })
  )

  it.effect("ends within the policy's retries and time when nothing passes", () =>
    Effect.gen(function* () {
      const { result, requests, seconds } = yield* readThrough(badFor(down, {}))
      expect(Result.isFailure(result) && result.failure.reason._tag).toBe("ServerFailed")
      expect(requests).toBe(retryPolicy.maxRetries + 1)
      expect(seconds).toBeLessThanOrEqual(15)

      const patient = yield* readThrough(badFor(code(1302, "", { status: 429, headers: { "retry-after": "50" } }), {}))
      expect(patient.seconds * 1000).toBeLessThanOrEqual(retryPolicy.giveUpAfterMillis)
    })
  )

  it.effect("waits as long as Kling asks for, and never longer than a minute for one answer", () =>
    Effect.gen(function* () {
      for (const [asked, seconds] of [
        ["7", 7],
        ["86400", 60]
      ] as const) {
        const busy = code(1302, "too fast", { status: 429, headers: { "retry-after": asked } })
        const ended = yield* readThrough(badFor(busy, { times: 1 }))
        expect(Result.isSuccess(ended.result)).toBe(true)
        expect(ended.seconds).toBe(seconds)
      }
    })
  )

  it.effect.each(klingCodes.filter((row) => row.httpStatus === 429 && row.retry === "never").map((row) => row.code))(
    "is not asked again after the permanent code %i, although it comes with HTTP 429",
    (number) =>
      Effect.gen(function* () {
        const { result, requests } = yield* readThrough(badFor(code(number, "for good", { status: 429 }), {}))
        expect(Result.isFailure(result)).toBe(true)
        expect(requests).toBe(1)
      })
  )
})

describe("a minute of outage", () => {
  const outage = Effect.fnUntraced(function* (callsEach: number, startsApartSeconds: number) {
    const fake = fakeKling(badFor(down, { seconds: 60 }))
    const fibre = (index: number) =>
      Effect.forEach(
        Array.from({ length: callsEach }),
        () => Effect.andThen(Effect.ignore(readCosts), Effect.sleep("1 seconds")),
        { discard: true }
      ).pipe(Effect.delay(`${index * startsApartSeconds} seconds`))
    const all = Effect.forEach(Array.from({ length: 200 }).keys(), fibre, { concurrency: "unbounded" })
    yield* inVirtualTime(all).pipe(Effect.provide(klingOver(fake)))
    return fake.seen.length / (200 * callsEach)
  })

  it.effect.each([
    ["200 calls at the same moment", 1, 0],
    ["200 calls one after the other", 1, 0.3],
    ["200 programs that ask ten times each", 10, 0.1]
  ] as const)("is met with at most 1.1 times the calls without retries: %s", ([, callsEach, startsApart]) =>
    Effect.gen(function* () {
      expect(yield* outage(callsEach, startsApart)).toBeLessThanOrEqual(1.1)
    })
  )

  it.effect("leaves the next calls unhindered", () =>
    Effect.gen(function* () {
      const fake = fakeKling(badFor(down, { seconds: 60 }))
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
