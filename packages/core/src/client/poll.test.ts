import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { pollDelaySeconds } from "./poll.ts"

const delays = (usualSeconds: number, looks = 60) =>
  Array.from({ length: looks }, (_, look) => pollDelaySeconds(look, usualSeconds))
const sum = (values: ReadonlyArray<number>) => values.reduce((total, one) => total + one, 0)

describe("the looks at a task", () => {
  it.prop(
    "come after a second at least and half a minute at most, and ever more rarely once it is due",
    { usualSeconds: Schema.Union([Schema.Finite, Schema.Literals([0, 20, 60, 180, 600, 3600])]) },
    ({ usualSeconds }) => {
      const waits = delays(usualSeconds)
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(1)
        expect(wait).toBeLessThanOrEqual(30)
      }
      const due = waits.slice(4)
      expect(due).toEqual(due.toSorted((a, b) => a - b))
    },
    { arbitrary: { runs: 300, seed: "klingkit" } }
  )

  it("see an early failure within seconds", () => {
    expect(sum(delays(180, 3))).toBeLessThanOrEqual(6)
  })

  it.each([20, 60, 120])("cost few reads for a task of %i seconds, and see its end soon", (usualSeconds) => {
    const waits = delays(usualSeconds)
    const looks = waits.findIndex((_, index) => sum(waits.slice(0, index + 1)) >= usualSeconds)
    const late = sum(waits.slice(0, looks + 1)) - usualSeconds
    expect(looks).toBeLessThanOrEqual(12)
    expect(late).toBeLessThanOrEqual(Math.max(3, usualSeconds * 0.1))
  })

  it("go on for hours without becoming a burden", () => {
    expect(delays(60, 1000).slice(-1)).toEqual([30])
  })
})
