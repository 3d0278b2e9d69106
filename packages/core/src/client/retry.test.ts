import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Layer, Random, Redacted, Result, Schedule, Schema } from "effect"
import { klingCodes } from "../errors/codes.ts"
import { KlingError } from "../errors/kling-error.ts"
import { accountCosts } from "../operations/account.ts"
import { textToSpeech } from "../operations/text-to-speech.ts"
import { type FakeOptions, fakeKling, klingOver } from "../testing/fake-kling.ts"
import { ambiguousAnswers, type Answer, code, lost, text } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { Kling } from "./kling.ts"
import { canRetryRead, makeRetrier, retryLimits, type RetrySchedule, retrySchedule } from "./retry.ts"

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

/** The delays before each retry of a read that always fails as given, with every random number as given. */
const delaysOf = Effect.fnUntraced(function* (
  schedule: RetrySchedule,
  random: number,
  retryAfterSeconds: number | undefined
) {
  const code = { klingCode: 5001, klingMessage: "down" }
  const requested = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  const reason = { _tag: "ServerError", ...code, ...requested } as const
  const attempts: Array<number> = []
  const attempt = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    attempts.push(now)
    return Effect.fail(new KlingError({ reason, operation: "account.costs", billed: false }))
  })
  const { retry } = yield* makeRetrier(schedule)
  const dice = { nextIntUnsafe: () => 0, nextDoubleUnsafe: () => random }
  yield* inVirtualTime(Effect.ignore(Effect.provideService(retry(attempt, canRetryRead), Random.Random, dice)))
  return attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0))
})

describe("the delay before a retry", () => {
  it.effect.prop(
    "lies between 0 and the doubled step, or is what the server requested, up to a minute",
    {
      random: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
      requested: Schema.Union([Schema.Undefined, Schema.Int.check(Schema.isBetween({ minimum: -5, maximum: 200 }))])
    },
    ({ random, requested }) =>
      Effect.gen(function* () {
        const delays = yield* delaysOf(retrySchedule, random, requested)
        const granted = Math.min(60_000, Math.max(0, (requested ?? 0) * 1000))
        expect(delays.length).toBeGreaterThanOrEqual(1)
        for (const [attempt, delay] of delays.entries()) {
          expect(delay).toBeGreaterThanOrEqual(granted)
          expect(delay).toBeLessThanOrEqual(Math.max(granted, 1000 * 2 ** attempt))
        }
      }),
    { arbitrary: { runs: 200, seed: "klingkit" } }
  )

  it.effect("uses the full range, so clients that failed together retry apart", () =>
    Effect.gen(function* () {
      expect(yield* delaysOf(retrySchedule, 0, undefined)).toEqual([0, 0, 0, 0])
      expect(yield* delaysOf(retrySchedule, 0.5, undefined)).toEqual([500, 1000, 2000, 4000])
      expect(yield* delaysOf(retrySchedule, 1, undefined)).toEqual([1000, 2000, 4000, 8000])
    })
  )
})

describe("a schedule of the caller's", () => {
  /** The seconds at which a client with this schedule sends while every request fails as given. */
  const requestsWith = Effect.fnUntraced(function* <A>(
    schedule: RetrySchedule,
    failure: Answer,
    calls: Effect.Effect<A, unknown, Kling>
  ) {
    const fake = fakeKling({ answer: () => failure })
    const apiKey = { kind: "api-key", apiKey: Redacted.make("a-key") } as const
    const kling = Kling.layer({ credentials: apiKey, baseUrl: "https://kling.example", retrySchedule: schedule })
    yield* inVirtualTime(calls).pipe(Effect.provide(Layer.provide(kling, fake.layer)))
    const [first] = fake.requests
    return fake.requests.map((request) => (request.atMillis - (first?.atMillis ?? 0)) / 1000)
  })

  it.effect("decides how often and how fast is retried", () =>
    Effect.gen(function* () {
      const once = yield* requestsWith(retrySchedule.pipe(Schedule.upTo({ times: 1 })), down, readCosts)
      expect(once.length).toBe(2)
      const regular = yield* requestsWith(
        Schedule.max([Schedule.spaced("3 seconds"), Schedule.recurs(9)]),
        down,
        readCosts
      )
      expect(regular).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27])
    })
  )

  it.effect("neither shortens what Kling requests nor retries later than the limit", () =>
    Effect.gen(function* () {
      const busy = code(1302, "too fast", { status: 429, headers: { "retry-after": "40" } })
      const requests = yield* requestsWith(Schedule.forever, busy, readCosts)
      expect(requests).toEqual([0, 40, 80])
    })
  )

  it.effect("shares one budget between all calls", () =>
    Effect.gen(function* () {
      const all = Effect.forEach(Array.from({ length: 30 }), () => Effect.ignore(readCosts))
      const requests = yield* requestsWith(Schedule.forever, down, all)
      expect(requests.length).toBe(30 + Math.floor(retryLimits.budget.tokens / retryLimits.budget.transientCost))
    })
  )

  it.effect.each(Object.entries(ambiguousAnswers))("never repeats a paid send by itself: %s", ([, answer]) =>
    Effect.gen(function* () {
      const paid = Kling.use((kling) =>
        kling.call(textToSpeech, { text: "hello", voiceId: "a-voice", voiceLanguage: "en" })
      )
      const requests = yield* requestsWith(Schedule.forever, answer, paid)
      expect(requests.length).toBe(1)
    })
  )
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
      expect(requests).toBe(5)
      expect(seconds).toBeLessThanOrEqual(15)

      const delayed = yield* readCostsFrom(
        failingFor(code(1302, "", { status: 429, headers: { "retry-after": "50" } }), {})
      )
      expect(delayed.seconds * 1000).toBeLessThanOrEqual(retryLimits.giveUpAfterMillis)
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
