import type { Mutant } from "./mutants.ts"
import { runScenario } from "./run-scenario.ts"
import { generateScenario, type Scenario, reductions } from "./scenario.ts"

/** A scenario that violates the guarantee. */
export interface Failure {
  readonly seed: number
  readonly scenario: Scenario
  readonly violations: ReadonlyArray<string>
}

/** Runs `count` seeds from `first` on, up to the first violation, and reduces that one's world. */
export const findFailure = async (first: number, count: number, mutant?: Mutant): Promise<Failure | undefined> => {
  const failure = await detectFailure(first, count, mutant)
  return failure === undefined ? undefined : shrink(failure, mutant)
}

/** The same, with the world as it was drawn. */
export const detectFailure = async (first: number, count: number, mutant?: Mutant): Promise<Failure | undefined> => {
  for (let seed = first; seed < first + count; seed++) {
    const scenario = generateScenario(seed)
    const violations = await runScenario(scenario, mutant)
    if (violations.length > 0) return { seed, scenario, violations }
  }
  return undefined
}

const shrink = async (failure: Failure, mutant: Mutant | undefined): Promise<Failure> => {
  for (const scenario of reductions(failure.scenario)) {
    const violations = await runScenario(scenario, mutant)
    if (violations.length > 0) return shrink({ ...failure, scenario, violations }, mutant)
  }
  return failure
}

/** The seed, the violations and the minimal scenario, as text. */
export const describeFailure = ({ seed, scenario, violations }: Failure): string =>
  `seed ${seed}: ${violations.join("; ")}\n${JSON.stringify(scenario, undefined, 2)}`
