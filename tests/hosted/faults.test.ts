import { expect, it } from "vitest"
import { runFaults } from "./faults.ts"

it("replicas that are killed, frozen and cut off pay each request once, lose none, and keep callers apart", async () => {
  const report = await runFaults({ seed: 1, kills: 20, killsPerFault: 2, pauseMillis: 800, outageMillis: 1500 })
  expect(report.contradictions).toEqual([])
  expect(report.faults["kill -9"]).toBe(20)
  expect(report.paidTasks).toBeGreaterThan(10)
  expect(report.mostAtOnce).toBeLessThanOrEqual(9)
}, 300_000)
