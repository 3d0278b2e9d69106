import type { Fault } from "@klingkit/emulator"
import { Struct } from "effect"
import { type Conditions, drawConditions } from "./conditions.ts"
import { seededRandom } from "./seeded-random.ts"

/** A client submits a request through one process. */
export interface Submission {
  readonly atSeconds: number
  readonly process: number
  /** The request: the same number is the same request. */
  readonly intent: number
  /** With an idempotency key per intent; without one, duplicates are detected by content. */
  readonly isKeyed: boolean
  /** The client returns with the handle before the outcome is known, as an agent does, and relies on it from then on. */
  readonly returnsEarly: boolean
  /** Which of several identical requests; the first when absent, `both` for the first two at once. */
  readonly take?: number | "next" | "both"
  /** Of an operation without an external id. */
  readonly isUnfindable?: boolean
  /** The client asks for the status of what was accepted. */
  readonly readsStatus?: boolean
}

/** A fault at a process's nth call to the ledger or the network, counted across its restarts. */
export type ProcessFault = { readonly process: number; readonly atCall: number } & (
  | { readonly what: "killed"; readonly when: "before" | "after"; readonly restartsAfterSeconds: number }
  /** Suspended, as on a closed laptop, and resumed later. */
  | { readonly what: "frozen"; readonly seconds: number }
)

/** All inputs of one simulated world. */
export interface Scenario {
  readonly seed: number
  /** Whether this Kling rejects a duplicate external id. */
  readonly uniqueness: "enforce" | "off"
  readonly parallelTasks: number
  /** Time factor of Kling's tasks. */
  readonly speed: number
  readonly maxUsdPerDay?: number
  readonly faults: ReadonlyArray<Fault>
  readonly submissions: ReadonlyArray<Submission>
  readonly processFaults: ReadonlyArray<ProcessFault>
  readonly conditions: Conditions
}

const ambiguous = [
  "commit-then-drop",
  "commit-then-rst",
  "commit-then-hang",
  "commit-then-truncate",
  "commit-then-502",
  "drop"
] as const
const refusals = [1302, 1303, 5000, 5001, 5002, 1301, 1102] as const

/** The scenario of a seed. */
export const generateScenario = (seed: number): Scenario => drawConditions(generateBasicScenario(seed))

/** Without conditions: the world that the seed had before there were any. */
export const generateBasicScenario = (seed: number): Scenario => {
  const draw = seededRandom(seed)
  const below = (limit: number) => Math.floor(draw() * limit)
  const oneOf = <A>(values: ReadonlyArray<A>): A => values[below(values.length)] as A
  const arrayUpTo = <A>(max: number, make: () => A): ReadonlyArray<A> => Array.from({ length: below(max + 1) }, make)
  const nth = () => 1 + below(5)

  // Where Kling accepts duplicate ids, no client can recover from a send that arrives after its lookup found nothing. The
  // guarantee then needs a Kling that commits immediately, and processes that are not suspended.
  const uniqueness = draw() < 0.7 ? ("enforce" as const) : ("off" as const)
  const isSlow = uniqueness === "enforce"

  const fault = (): Fault => {
    const kind = draw()
    if (kind < 0.45) return { fault: oneOf(ambiguous), nth: nth() }
    if (kind < 0.65) return { fault: "refuse", code: oneOf(refusals), nth: nth(), count: 1 + below(3) }
    if (kind < 0.75) return { fault: "refuse", code: 1302, retryAfter: 5 + below(50), nth: nth() }
    if (kind < 0.8) return { fault: "fail", nth: nth() }
    if (kind < 0.85)
      return { fault: "refuse", code: oneOf([5000, 1302]), on: "new.tasks.get", nth: nth(), count: 1 + below(4) }
    if (kind < 0.9 || !isSlow) return { fault: "slow", delayMs: 1000 + below(40_000), nth: nth() }
    return kind < 0.95
      ? { fault: "late-commit", seconds: 1 + below(90), nth: nth() }
      : { fault: "late-visibility", seconds: 1 + below(200), nth: nth() }
  }

  const processes = 1 + below(3)
  const intents = 1 + below(4)
  const keyed = Array.from({ length: intents }, () => draw() < 0.6)
  const submission = (intent: number): Submission => {
    const isKeyed = keyed[intent] ?? true
    const atSeconds = below(isKeyed ? 150 : 50)
    return { atSeconds, process: below(processes), intent, isKeyed, returnsEarly: false }
  }
  const processFault = (): ProcessFault => {
    const at = { process: below(processes), atCall: 1 + below(24) }
    return isSlow && draw() < 0.3
      ? { ...at, what: "frozen", seconds: 5 + below(120) }
      : { ...at, what: "killed", when: oneOf(["before", "after"]), restartsAfterSeconds: below(60) }
  }
  const scenario: Scenario = {
    seed,
    uniqueness,
    parallelTasks: 1 + below(5),
    speed: oneOf([1, 10, 60]),
    ...(draw() < 0.25 ? { maxUsdPerDay: 0.5 + below(3) * 0.5 } : {}),
    faults: arrayUpTo(4, fault),
    submissions: Array.from({ length: intents }, (_, intent) => [
      submission(intent),
      ...arrayUpTo(2, () => submission(intent))
    ]).flat(),
    processFaults: arrayUpTo(3, processFault),
    conditions: {}
  }
  // Drawn last, so that existing seeds keep their worlds.
  return {
    ...scenario,
    submissions: scenario.submissions.map((submission) => ({ ...submission, returnsEarly: draw() < 0.4 }))
  }
}

/** Every scenario with one element removed. */
export const reductions = (scenario: Scenario): ReadonlyArray<Scenario> => {
  const without = <A>(values: ReadonlyArray<A>) => values.map((_, index) => values.toSpliced(index, 1))
  const { maxUsdPerDay, ...unlimited } = scenario
  const { conditions } = scenario
  const { clockJumps = [] } = conditions
  const fewer = without(clockJumps).map((rest): Conditions => ({ ...conditions, clockJumps: rest }))
  const milder = (Object.keys(conditions) as Array<keyof Conditions>).map((condition): Conditions =>
    Struct.omit(conditions, [condition])
  )
  return [
    ...without(scenario.submissions).map((submissions) => ({ ...scenario, submissions })),
    ...without(scenario.processFaults).map((processFaults) => ({ ...scenario, processFaults })),
    ...without(scenario.faults).map((faults) => ({ ...scenario, faults })),
    ...[...fewer, ...milder].map((conditions) => ({ ...scenario, conditions })),
    ...(maxUsdPerDay === undefined ? [] : [unlimited])
  ]
}
