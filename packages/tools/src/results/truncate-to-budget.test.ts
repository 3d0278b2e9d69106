import { describe, expect, it } from "@effect/vitest"
import { truncateToBudget } from "./truncate-to-budget.ts"

describe("truncateToBudget", () => {
  it("keeps a list that fits, and the start of a longer one", () => {
    const entries = Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(100))
    expect(truncateToBudget(entries.slice(0, 100), (entry) => entry)).toHaveLength(100)
    expect(truncateToBudget(entries, (entry) => entry)).toEqual(entries.slice(0, 196))
    expect(truncateToBudget(entries, (entry) => [entry, entry])).toEqual(entries.slice(0, 96))
  })

  it("counts bytes, not characters", () => {
    expect(truncateToBudget(["戏".repeat(3000), "戏".repeat(3000), "戏".repeat(3000)], (entry) => entry)).toHaveLength(
      2
    )
  })

  it("keeps nothing when the first entry alone does not fit", () => {
    expect(truncateToBudget(["x".repeat(30_000)], (entry) => entry)).toEqual([])
  })
})
