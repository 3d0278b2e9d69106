import type { Mutant } from "./mutants.ts"
import { runScenario } from "./run-scenario.ts"
import { drawScenario, type Scenario, smaller } from "./scenario.ts"

/** A scenario that breaks the promise, with nothing in it that could be left out. */
export interface Failure {
  readonly seed: number
  readonly scenario: Scenario
  readonly violations: ReadonlyArray<string>
}

/** Runs the worlds of `count` seeds from `first` on, up to the first that breaks the promise. */
export const findFailure = async (first: number, count: number, mutant?: Mutant): Promise<Failure | undefined> => {
  for (let seed = first; seed < first + count; seed++) {
    const scenario = drawScenario(seed)
    const violations = await runScenario(scenario, mutant)
    if (violations.length > 0) return shrink({ seed, scenario, violations }, mutant)
  }
  return undefined
}

const shrink = async (failure: Failure, mutant: Mutant | undefined): Promise<Failure> => {
  for (const scenario of smaller(failure.scenario)) {
    const violations = await runScenario(scenario, mutant)
    if (violations.length > 0) return shrink({ ...failure, scenario, violations }, mutant)
  }
  return failure
}

/** For people: the seed, what went wrong, and the smallest world in which it does. */
export const describeFailure = ({ seed, scenario, violations }: Failure): string =>
  `seed ${seed}: ${violations.join("; ")}\n${JSON.stringify(scenario, undefined, 2)}`
