import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { readRetryAfter } from "./retry-after.ts"

const now = Date.parse("Wed, 23 Sep 2026 10:00:00 GMT")
const delayOf = (value: string) => readRetryAfter({ "retry-after": value }, now)

describe("the delay that a server requests", () => {
  it("is read in each of its forms", () => {
    expect(delayOf("12")).toBe(12)
    expect(delayOf(" 1.5 ")).toBe(1.5)
    expect(delayOf("Wed, 23 Sep 2026 10:00:30 GMT")).toBe(30)
    expect(readRetryAfter({ "retry-after-ms": "250" }, now)).toBe(0.25)
    expect(readRetryAfter({ "retry-after-ms": "250", "retry-after": "12" }, now)).toBe(0.25)
    expect(readRetryAfter({}, now)).toBeUndefined()
  })

  it("is clamped to 0 to one day", () => {
    expect(delayOf("-5")).toBe(0)
    expect(delayOf("1000000000000")).toBe(86_400)
    expect(delayOf("Wed, 23 Sep 2020 10:00:00 GMT")).toBe(0)
    expect(delayOf("Wed, 23 Sep 9026 10:00:00 GMT")).toBe(86_400)
    expect(readRetryAfter({ "retry-after-ms": "-250" }, now)).toBe(0)
  })

  it("is nothing when the header is invalid", () => {
    for (const value of ["", "NaN", "Infinity", "soon", "1e12", "0x10", "12 apples"])
      expect(delayOf(value)).toBeUndefined()
    expect(readRetryAfter({ "retry-after-ms": "NaN", "retry-after": "3" }, now)).toBe(3)
  })

  it.prop(
    "is in range or nothing for any text",
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
