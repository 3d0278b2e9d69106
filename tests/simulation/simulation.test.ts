import { describe, expect, inject, it, vi } from "vitest"
import { mutants } from "./mutants.ts"
import { runScenario } from "./run-scenario.ts"
import { generateBasicScenario, generateScenario } from "./scenario.ts"
import { describeFailure, detectFailure, findFailure } from "./simulate.ts"

/** Seeds in one test run, by lane (`tests/lanes.ts`); `scripts/simulate.ts` runs any number. */
const seeds = inject("seeds")
const batch = 250
/** A mutant must be detected within this many seeds. */
const seedsOfMutants = 200
/** CPU time, not waiting: the maximum for one batch on a busy machine. */
const timeout = 180_000

describe("in every simulated world", () => {
  const batches = Array.from({ length: seeds / batch }, (_, index) => index * batch)
  it.each(batches)(
    `each request is charged at most once and nothing is lost: ${batch} seeds from %i`,
    async (first) => {
      const failure = await findFailure(first, batch)
      expect(failure === undefined ? "no violation" : describeFailure(failure)).toBe("no violation")
    },
    timeout
  )

  // Suspended processes whose request another one took over, and which then reported it as not charged.
  it.each([8084, 10_576])("regression: seed %i", async (seed) => {
    expect(await runScenario(generateBasicScenario(seed))).toEqual([])
  })

  it(
    "the same seed gives the same run, so that failures can be reproduced",
    async () => {
      const mutant = mutants["look-up before re-send"]
      const failure = await findFailure(0, seedsOfMutants, mutant)
      expect(failure?.violations.length).toBeGreaterThan(0)
      if (failure === undefined) return
      expect(await runScenario(failure.scenario, mutant)).toEqual(failure.violations)
      expect(await runScenario(failure.scenario)).toEqual([])
      expect(JSON.stringify(failure.scenario).length).toBeLessThan(
        JSON.stringify(generateScenario(failure.seed)).length
      )
    },
    timeout
  )
})

it("a run draws nothing from the runtime's own generator, and digests nothing on its threads", async () => {
  const drawn = vi.spyOn(crypto, "getRandomValues")
  const digested = vi.spyOn(crypto.subtle, "digest")
  try {
    for (let seed = 0; seed < 20; seed++) await runScenario(generateScenario(seed))
    expect([drawn.mock.calls.length, digested.mock.calls.length]).toEqual([0, 0])
  } finally {
    vi.restoreAllMocks()
  }
})

describe("the product without one safeguard", () => {
  it.each(Object.entries(mutants))(
    "is detected: %s",
    async (_, mutant) => {
      expect(await detectFailure(0, seedsOfMutants, mutant)).toBeDefined()
    },
    timeout
  )
})
