import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { readRetryAfter } from "./retry-after.ts"

const now = Date.parse("Wed, 23 Sep 2026 10:00:00 GMT")
const asked = (value: string) => readRetryAfter({ "retry-after": value }, now)

describe("the pause that a server asks for", () => {
  it("is read in each of its forms", () => {
    expect(asked("12")).toBe(12)
    expect(asked(" 1.5 ")).toBe(1.5)
    expect(asked("Wed, 23 Sep 2026 10:00:30 GMT")).toBe(30)
    expect(readRetryAfter({ "retry-after-ms": "250" }, now)).toBe(0.25)
    expect(readRetryAfter({ "retry-after-ms": "250", "retry-after": "12" }, now)).toBe(0.25)
    expect(readRetryAfter({}, now)).toBeUndefined()
  })

  it("is never negative and never more than a day, whatever the header says", () => {
    expect(asked("-5")).toBe(0)
    expect(asked("1000000000000")).toBe(86_400)
    expect(asked("Wed, 23 Sep 2020 10:00:00 GMT")).toBe(0)
    expect(asked("Wed, 23 Sep 9026 10:00:00 GMT")).toBe(86_400)
    expect(readRetryAfter({ "retry-after-ms": "-250" }, now)).toBe(0)
  })

  it("is nothing when it cannot be read", () => {
    for (const value of ["", "NaN", "Infinity", "soon", "1e12", "0x10", "12 apples"])
      expect(asked(value)).toBeUndefined()
    expect(readRetryAfter({ "retry-after-ms": "NaN", "retry-after": "3" }, now)).toBe(3)
  })

  it.prop(
    "is a sane number or nothing for any text",
    { value: Schema.String, millis: Schema.Union([Schema.Undefined, Schema.String, Schema.Finite]) },
    ({ value, millis }) => {
      const seconds = readRetryAfter(
        { "retry-after": value, ...(millis === undefined ? {} : { "retry-after-ms": String(millis) }) },
        now
      )
      expect(seconds === undefined || (seconds >= 0 && seconds <= 86_400)).toBe(true)
    },
    { arbitrary: { runs: 1000, seed: "klingkit" } }
  )
})
