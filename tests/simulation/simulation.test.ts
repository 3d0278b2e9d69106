import { describe, expect, it } from "vitest"
import { mutants } from "./mutants.ts"
import { runScenario } from "./run-scenario.ts"
import { drawScenario } from "./scenario.ts"
import { describeFailure, findFailure } from "./simulate.ts"

/** Worlds in one test run; `scripts/simulate.ts` lives through as many as it is told. */
const seeds = 2000
const batch = 250
/** A mutant that survives so many worlds would go unnoticed. */
const seedsOfMutants = 200
/** Computing, not waiting: on a busy machine a batch takes this long at most. */
const timeout = 180_000

describe("in every simulated world", () => {
  const batches = Array.from({ length: seeds / batch }, (_, index) => index * batch)
  it.each(batches)(
    `each request is charged at most once and nothing is lost: ${batch} seeds from %i on`,
    async (first) => {
      const failure = await findFailure(first, batch)
      expect(failure === undefined ? "kept" : describeFailure(failure)).toBe("kept")
    },
    timeout
  )

  // Programs that stood still while another took their request over, and then called it not charged.
  it.each([8084, 10_576])("seed %i, which once broke the promise, keeps it", async (seed) => {
    expect(await runScenario(drawScenario(seed))).toEqual([])
  })

  it(
    "the same seed is the same run, so that a failure can be looked at again",
    async () => {
      const mutant = mutants["look-up before re-send"]
      const failure = await findFailure(0, seedsOfMutants, mutant)
      expect(failure?.violations.length).toBeGreaterThan(0)
      if (failure === undefined) return
      expect(await runScenario(failure.scenario, mutant)).toEqual(failure.violations)
      expect(await runScenario(failure.scenario)).toEqual([])
      expect(JSON.stringify(failure.scenario).length).toBeLessThan(JSON.stringify(drawScenario(failure.seed)).length)
    },
    timeout
  )
})

describe("a product without one of its safeguards", () => {
  it.each(Object.entries(mutants))(
    "is found out: %s",
    async (_, mutant) => {
      expect(await findFailure(0, seedsOfMutants, mutant)).toBeDefined()
    },
    timeout
  )
})
