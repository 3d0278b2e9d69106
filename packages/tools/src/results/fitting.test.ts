import { describe, expect, it } from "@effect/vitest"
import { fitting } from "./fitting.ts"

describe("fitting", () => {
  it("keeps a list that has room, and of a longer one its start", () => {
    const entries = Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(100))
    expect(fitting(entries.slice(0, 100), (entry) => entry)).toHaveLength(100)
    expect(fitting(entries, (entry) => entry)).toEqual(entries.slice(0, 196))
    expect(fitting(entries, (entry) => [entry, entry])).toEqual(entries.slice(0, 96))
  })

  it("counts bytes, not characters", () => {
    expect(fitting(["戏".repeat(3000), "戏".repeat(3000), "戏".repeat(3000)], (entry) => entry)).toHaveLength(2)
  })

  it("keeps nothing when the first entry alone has no room", () => {
    expect(fitting(["x".repeat(30_000)], (entry) => entry)).toEqual([])
  })
})
