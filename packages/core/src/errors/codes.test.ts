import { describe, expect, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { Kling } from "../client/kling.ts"
import { accountCosts } from "../operations/account.ts"
import { textToVideo30 } from "../operations/text-to-video.ts"
import { fakeKling, klingOver } from "../testing/fake-kling.ts"
import { code } from "../testing/scripted-answers.ts"
import { inVirtualTime } from "../testing/virtual-time.ts"
import { type CodeReason, findKlingCode, klingCodes, type RetryRule } from "./codes.ts"
import type { KlingError } from "./kling-error.ts"

/** What each code means for the caller, copied independently from Kling's table. */
const expected: Readonly<Record<number, readonly [CodeReason, RetryRule]>> = {
  1000: ["Unauthorized", "never"],
  1001: ["Unauthorized", "never"],
  1002: ["Unauthorized", "never"],
  1003: ["TokenRejected", "resign"],
  1004: ["TokenRejected", "resign"],
  1100: ["AccountBlocked", "never"],
  1101: ["AccountBlocked", "never"],
  1102: ["QuotaExceeded", "never"],
  1103: ["Forbidden", "never"],
  1200: ["InvalidRequest", "never"],
  1201: ["InvalidRequest", "never"],
  1202: ["NotSupported", "never"],
  1203: ["NotSupported", "never"],
  1300: ["ContentRefused", "never"],
  1301: ["ContentRefused", "never"],
  1302: ["RateLimited", "backoff"],
  1303: ["ConcurrencyLimit", "slot"],
  1304: ["Forbidden", "never"],
  5000: ["ServerError", "recover"],
  5001: ["ServerError", "recover"],
  5002: ["ServerError", "recover"]
}

const failureOf = Effect.fnUntraced(function* <A>(
  request: Effect.Effect<A, KlingError, Kling>,
  number: number,
  status: number
) {
  const fake = fakeKling({ answer: () => code(number, "Kling's own words", { status }) })
  const { result } = yield* inVirtualTime(request).pipe(Effect.provide(klingOver(fake)))
  if (Result.isSuccess(result)) throw new Error("it succeeded")
  return result.failure
})

const read = Kling.use((kling) => kling.call(accountCosts, { startTime: 0, endTime: 1 }))
const create = Kling.use((kling) => kling.submit(textToVideo30, { prompt: "a cat" }))

it("the table holds every code that Kling documents exactly once, and no other", () => {
  expect(klingCodes.map((row) => row.code)).toEqual(Object.keys(expected).map(Number))
})

describe.each(klingCodes)("code $code ($name)", ({ code: number, httpStatus, retry }) => {
  const [reason, rule] = expected[number] ?? ["Unauthorized", "never"]
  const isRetryable = rule !== "never" && rule !== "resign"

  it("has its retry rule", () => {
    expect(retry).toBe(rule)
  })

  it.effect.each([httpStatus, 200])("fails a read with its reason, with HTTP status %i", (status) =>
    Effect.gen(function* () {
      const error = yield* failureOf(read, number, status)
      expect(error.reason).toMatchObject({ _tag: reason, klingCode: number })
      expect(error).toMatchObject({ isRetryable, wasCharged: "no", operation: "account.costs" })
      expect(error.message).toContain(`(code ${number}); Kling says: "Kling's own words"`)
      expect(error.suggestion).toMatch(/\w{3}/)
      expect(error.requestId).toBe(`request-${number}`)
    })
  )

  it.effect("fails a create as not charged, or as possibly existing", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(create, number, httpStatus)
      const mayExist = reason === "ServerError"
      expect(error.reason._tag).toBe(mayExist ? "SubmissionUnknown" : reason)
      expect(error).toMatchObject({
        wasCharged: mayExist ? "maybe" : "no",
        isRetryable: !mayExist && isRetryable
      })
      expect(error.suggestion).toMatch(/\w{3}/)
    })
  )
})

describe("a code that is not in the table", () => {
  it.effect("is an error that names the code and the next step", () =>
    Effect.gen(function* () {
      expect(findKlingCode(1999)).toBeUndefined()
      const error = yield* failureOf(read, 1999, 200)
      expect(error).toMatchObject({ code: "KLING_UNKNOWN_CODE", isRetryable: false, wasCharged: "no" })
      expect(error.message).toContain("1999")
      expect(error.message).toContain("Kling's own words")
      expect(error.suggestion).toContain("update klingkit")
    })
  )
})
