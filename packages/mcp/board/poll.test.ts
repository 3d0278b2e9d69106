import { describe, expect, it } from "vitest"
import { pollInterval } from "./poll.ts"

/** When the page polls a task that is expected to take two minutes and never ends, in seconds. */
const pollTimes = (seconds: number): ReadonlyArray<number> => {
  const times = [0]
  for (let at = 0; at < seconds; times.push(at)) at += pollInterval(times.length, at, 120, 0)
  return times.slice(0, -1)
}

describe("the poll interval", () => {
  it("is short at first and at most half a minute", () => {
    expect(pollTimes(20)).toEqual([0, 3, 7, 12, 18])
    const times = pollTimes(3600)
    const intervals = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(Math.max(...intervals)).toBe(30)
    expect(times.length).toBeLessThan(160)
  })

  it("grows when klingkit cannot be reached, up to a minute", () => {
    expect([1, 2, 3, 4, 5, 9].map((failures) => pollInterval(1, 10, 120, failures))).toEqual([5, 10, 20, 40, 60, 60])
  })
})
