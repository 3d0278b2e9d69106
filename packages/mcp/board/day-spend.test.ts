import { describe, expect, it } from "vitest"
import { daySpendText, readDaySpend } from "./day-spend.ts"

const textOf = (today: unknown) => {
  const read = readDaySpend(today)
  return read === undefined ? undefined : daySpendText(read)
}

describe("the account of the day on the page", () => {
  it("names the parts that are not zero, and what is left where there is a limit", () => {
    const parts = { charged_usd: 0.427, reserved_usd: 0, unknown_usd: 2.1 }
    expect(textOf(parts)).toBe("Today (UTC): $0.427 charged, $2.10 unknown")
    expect(textOf({ ...parts, reserved_usd: 1, left_usd: 0 })).toBe(
      "Today (UTC): $0.427 charged, $1.00 reserved, $2.10 unknown, $0.00 left"
    )
    expect(textOf({ charged_usd: 0, reserved_usd: 0, unknown_usd: 0 })).toBe("")
  })

  it("is absent where the answer has none", () => {
    for (const today of [undefined, null, {}, { charged_usd: "1", reserved_usd: 0, unknown_usd: 0 }]) {
      expect(textOf(today)).toBe(undefined)
    }
  })
})
