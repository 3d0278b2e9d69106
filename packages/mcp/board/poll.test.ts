import { describe, expect, it } from "vitest"
import { pauseSeconds } from "./poll.ts"

/** When the page looks at a task that usually takes two minutes and never ends, in seconds. */
const looksIn = (seconds: number): ReadonlyArray<number> => {
  const times = [0]
  for (let at = 0; at < seconds; times.push(at)) at += pauseSeconds(times.length, at, 120, 0)
  return times.slice(0, -1)
}

describe("the pauses between two looks", () => {
  it("are short at first and never longer than half a minute", () => {
    expect(looksIn(20)).toEqual([0, 3, 7, 12, 18])
    const times = looksIn(3600)
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.max(...pauses)).toBe(30)
    expect(times.length).toBeLessThan(160)
  })

  it("grow when klingkit cannot be reached, up to a minute", () => {
    expect([1, 2, 3, 4, 5, 9].map((failures) => pauseSeconds(1, 10, 120, failures))).toEqual([5, 10, 20, 40, 60, 60])
  })
})
