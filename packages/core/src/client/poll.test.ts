import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { pollDelaySeconds } from "./poll.ts"

const delays = (expectedSeconds: number, polls = 60) =>
  Array.from({ length: polls }, (_, poll) => pollDelaySeconds(poll, expectedSeconds))
const sum = (values: ReadonlyArray<number>) => values.reduce((total, value) => total + value, 0)

describe("the polls of a task", () => {
  it.prop(
    "come 1 to 30 seconds apart, and less and less often once it is due",
    { expectedSeconds: Schema.Union([Schema.Finite, Schema.Literals([0, 20, 60, 180, 600, 3600])]) },
    ({ expectedSeconds }) => {
      const waits = delays(expectedSeconds)
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(1)
        expect(wait).toBeLessThanOrEqual(30)
      }
      const due = waits.slice(4)
      expect(due).toEqual(due.toSorted((a, b) => a - b))
    },
    { arbitrary: { runs: 300, seed: "klingkit" } }
  )

  it("notice an early failure within seconds", () => {
    expect(sum(delays(180, 3))).toBeLessThanOrEqual(6)
  })

  it.each([20, 60, 120])("are few for a task of %i seconds, and notice its end quickly", (expectedSeconds) => {
    const waits = delays(expectedSeconds)
    const polls = waits.findIndex((_, index) => sum(waits.slice(0, index + 1)) >= expectedSeconds)
    const late = sum(waits.slice(0, polls + 1)) - expectedSeconds
    expect(polls).toBeLessThanOrEqual(12)
    expect(late).toBeLessThanOrEqual(Math.max(3, expectedSeconds * 0.1))
  })

  it("settle at one every 30 seconds after hours", () => {
    expect(delays(60, 1000).slice(-1)).toEqual([30])
  })
})
