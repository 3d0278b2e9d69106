import { describe, expect, it } from "vitest"
import { checkValue } from "../params/check-value.ts"
import { klingCodes } from "./codes.ts"
import { invalidInput, invalidSetting, KlingError } from "./kling-error.ts"
import { libraryAdvice } from "./library-advice.ts"
import type { NextStep } from "./next-step.ts"
import { optionOf, variableOf } from "./setting.ts"
import { sharedAdvice } from "./shared-advice.ts"

describe("the next step of an error", () => {
  it("is data that names the handle, the fields or the setting", () => {
    const unknown = { _tag: "SubmissionUnknown", detail: "silence" } as const
    const nextOf = (reason: KlingError["reason"]) => new KlingError({ reason }).next
    expect(nextOf({ ...unknown, externalTaskId: "kk-1" })).toEqual({ _tag: "AwaitOutcome", handle: "kk-1" })
    expect(nextOf(unknown)).toEqual({ _tag: "AwaitOutcome" })
    expect(nextOf({ _tag: "QuotaExceeded", klingCode: 1102, klingMessage: "" })).toEqual({
      _tag: "TopUp",
      what: "pack"
    })
    expect(nextOf({ _tag: "NotConnected", detail: "" })).toEqual({ _tag: "CheckNetwork", setting: "baseUrl" })
    const problem = { field: "n", message: "is odd" }
    expect(invalidInput([problem, problem]).next).toEqual({ _tag: "FixInput", fields: ["n"] })
  })

  it("is one sentence for a programmer, who has no commands", () => {
    const steps: ReadonlyArray<NextStep> = [
      { _tag: "AwaitOutcome", handle: "kk-1" },
      { _tag: "LookUp", handle: "kk-1" },
      { _tag: "UseExisting", handle: "kk-1", nextTake: 4 },
      { _tag: "ChooseKey", handle: "kk-1" },
      { _tag: "NameAccount", handle: "kk-1" },
      { _tag: "Wait", handle: "kk-1" },
      { _tag: "Download", handle: "kk-1", withinDays: 30 },
      { _tag: "RepeatUnknown", handle: "kk-1" },
      ...klingCodes.map(({ next }) => next)
    ]
    for (const step of steps) {
      const advice = libraryAdvice(step)
      expect(advice).toMatch(/^[a-z][^\n]{8,200}$/)
      expect(advice).not.toMatch(/klingkit \w+ |--\w|shell|undefined/)
      expect(advice.includes("kk-1")).toBe("handle" in step)
    }
  })

  it("names the take that makes another one, where it is known", () => {
    expect(libraryAdvice({ _tag: "UseExisting", handle: "kk-1", nextTake: 4 })).toBe(
      "look up kk-1; to make another one, set take: 4"
    )
    expect(libraryAdvice({ _tag: "UseExisting", handle: "kk-1" })).toBe("look up kk-1")
  })

  it("says that nothing was sent where that is certain", () => {
    const sentence = (reason: KlingError["reason"]) => new KlingError({ reason }).suggestion
    expect(sentence({ _tag: "NotConnected", detail: "" })).toMatch(/; nothing was sent$/)
    expect(sentence({ _tag: "ConnectionLost", detail: "" })).toBe("try again later")
  })
})

describe("a setting", () => {
  it("is named as each face names it, in messages and in advice", () => {
    const error = invalidSetting("baseUrl", "must be an https URL")
    expect(error.reason).toMatchObject({ problems: [{ field: "baseUrl", setting: "baseUrl" }] })
    expect(error.message).toBe("baseUrl / KLINGAI_BASE_URL must be an https URL")
    expect(error.describe(variableOf)).toBe("KLINGAI_BASE_URL must be an https URL")
    const raise = { _tag: "RaiseLimit", setting: "maxUsdPerDay", limitUsd: 1, isUpperBound: false } as const
    expect(sharedAdvice(raise, variableOf)).toBe(
      "wait until tomorrow (UTC), ask for less, or raise KLINGKIT_MAX_USD_PER_DAY"
    )
    const cheaper = { field: "audio", from: "native", to: "off", usd: 0.5, savedUsd: 0.1 } as const
    expect(
      sharedAdvice({ ...raise, cheaper: [cheaper, { ...cheaper, field: "model", from: "a", to: "b" }] }, variableOf)
    ).toBe(
      "wait until tomorrow (UTC), make it cheaper (no audio: $0.50; model b instead of a: $0.50), or raise KLINGKIT_MAX_USD_PER_DAY"
    )
    expect(sharedAdvice(raise, optionOf)).toMatch(/raise limits\.maxUsdPerDay \/ KLINGKIT_MAX_USD_PER_DAY$/)
  })
})

describe("a problem", () => {
  const problemsOf = (type: Parameters<typeof checkValue>[0], value: unknown) => [...checkValue(type, value, "a")]

  it("carries the given value, the limit and the nearest valid value", () => {
    expect(problemsOf({ kind: "integer", min: 1, max: 9 }, 12)).toEqual([
      {
        field: "a",
        message: "12 is outside 1 to 9; did you mean 9?",
        given: 12,
        limit: { min: 1, max: 9 },
        nearest: 9
      }
    ])
    expect(problemsOf({ kind: "enum", values: ["720p", "1080p"] }, "1080")).toMatchObject([
      { given: "1080", limit: { values: ["720p", "1080p"] }, nearest: "1080p" }
    ])
    expect(problemsOf({ kind: "string", maxLength: 3 }, "long")).toMatchObject([{ limit: { max: 3 } }])
  })
})
