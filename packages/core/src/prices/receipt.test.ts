import { describe, expect, it } from "vitest"
import { exactQuote, estimate, free } from "./quote.ts"
import { quoteMismatch } from "./receipt.ts"

const quoted = exactQuote("video", 5, 0.6, "5 s x 0.6")
const units = (...amounts: ReadonlyArray<number>) => amounts.map((amount) => ({ kind: "unit" as const, amount }))

describe("a task's charges", () => {
  it("agree with the quote, in one sum or in several", () => {
    expect(quoteMismatch(quoted, units(3))).toBeUndefined()
    expect(quoteMismatch(quoted, units(1.2, 1.8))).toBeUndefined()
  })

  it("are told apart from it when Kling took more or less", () => {
    expect(quoteMismatch(quoted, units(4))).toEqual({ quotedUnits: 3, chargedUnits: 4 })
    expect(quoteMismatch(quoted, units(0))).toEqual({ quotedUnits: 3, chargedUnits: 0 })
    expect(quoteMismatch(free, units(0.05))).toEqual({ quotedUnits: 0, chargedUnits: 0.05 })
  })

  it("are held to nothing while they are not known, or the quote was an estimate", () => {
    expect(quoteMismatch(quoted, [])).toBeUndefined()
    expect(quoteMismatch(undefined, units(3))).toBeUndefined()
    expect(quoteMismatch(estimate(quoted, "follows the clip"), units(4))).toBeUndefined()
    expect(quoteMismatch(quoted, [{ kind: "cash", amount: 0.5, currency: "USD" }])).toBeUndefined()
  })
})
