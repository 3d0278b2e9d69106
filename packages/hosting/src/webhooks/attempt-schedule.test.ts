import { describe, expect, it } from "vitest"
import { nextAttemptAt } from "./attempt-schedule.ts"

const hour = 3_600_000

/** The times of all attempts, each of which fails after so long, in milliseconds since the first. */
const attemptsOf = (random: number, takesMillis = 0): ReadonlyArray<number> => {
  const times = [0]
  for (let attempts = 1; ; attempts += 1) {
    const now = (times.at(-1) ?? 0) + takesMillis
    const next = nextAttemptAt({ attempts, firstAttemptAt: 0 }, { now, random })
    if (next === undefined) return times
    times.push(next)
  }
}

describe("the attempts to send a message", () => {
  it("are made for 72 hours, with pauses that grow", () => {
    const hours = attemptsOf(0).map((millis) => Number((millis / hour).toFixed(3)))
    expect(hours).toEqual([0, 0.001, 0.085, 0.585, 2.585, 7.585, 17.585, 31.585, 51.585, 72])
  })

  it.each([0, 0.5, 1])("end with one after exactly 72 hours, whatever is drawn (%d)", (random) => {
    expect(attemptsOf(random, 15_000).at(-1)).toBe(72 * hour)
    expect(attemptsOf(random, 15_000).length).toBeGreaterThanOrEqual(9)
  })

  it("do not come before the endpoint wants them, and one comes in the end", () => {
    const first = { attempts: 1, firstAttemptAt: 0 }
    expect(nextAttemptAt(first, { now: 100, random: 1, retryAfterMillis: hour })).toBe(100 + hour)
    expect(nextAttemptAt(first, { now: 100, random: 0, retryAfterMillis: 1000 })).toBe(5100)
    expect(nextAttemptAt({ ...first, attempts: 9 }, { now: 71 * hour, random: 0, retryAfterMillis: 24 * hour })).toBe(
      72 * hour
    )
  })

  it("that a killed server has begun count, and leave time for all", () => {
    expect(nextAttemptAt({ attempts: 40, firstAttemptAt: 0 }, { now: hour, random: 0 })).toBe(25 * hour)
  })
})
