import type { Fault } from "@klingkit/emulator"

/** A client asks a machine's program to submit something. */
export interface Submission {
  readonly atSeconds: number
  readonly program: number
  /** What is asked for: the same number is the same request. */
  readonly intent: number
  /** With an idempotency key of the intent's; without one a repeat is known by its content, for two minutes. */
  readonly isKeyed: boolean
  /** The client takes the handle after a moment, as an agent does, and counts on the request from then on. */
  readonly isImpatient: boolean
}

/** What befalls a program at its nth call to the ledger or the network, counted over its restarts. */
export type Accident = { readonly program: number; readonly atCall: number } & (
  | { readonly what: "killed"; readonly when: "before" | "after"; readonly restartsAfterSeconds: number }
  /** Stands still, as a closed laptop does, and goes on later as if nothing had been. */
  | { readonly what: "frozen"; readonly seconds: number }
)

/** Everything that happens in one simulated world. */
export interface Scenario {
  readonly seed: number
  /** Whether this Kling refuses an external id that it knows. */
  readonly uniqueness: "enforce" | "off"
  readonly parallelTasks: number
  /** How much faster than usual tasks run. */
  readonly speed: number
  readonly maxUsdPerDay?: number
  readonly faults: ReadonlyArray<Fault>
  readonly submissions: ReadonlyArray<Submission>
  readonly accidents: ReadonlyArray<Accident>
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
export const drawsOf = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
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

/** The world of a seed. */
export const drawScenario = (seed: number): Scenario => {
  const draw = drawsOf(seed)
  const below = (limit: number) => Math.floor(draw() * limit)
  const oneOf = <A>(values: ReadonlyArray<A>): A => values[below(values.length)] as A
  const many = <A>(most: number, make: () => A): ReadonlyArray<A> => Array.from({ length: below(most + 1) }, make)
  const nth = () => 1 + below(5)

  // Where repeats are let through, nothing helps against a send that arrives after it was looked for in vain: there the
  // promise holds for a Kling that files at once, and programs that do not stand still.
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

  const programs = 1 + below(3)
  const intents = 1 + below(4)
  const keyed = Array.from({ length: intents }, () => draw() < 0.6)
  const submission = (intent: number): Submission => {
    const isKeyed = keyed[intent] ?? true
    const atSeconds = below(isKeyed ? 150 : 50)
    return { atSeconds, program: below(programs), intent, isKeyed, isImpatient: false }
  }
  const accident = (): Accident => {
    const at = { program: below(programs), atCall: 1 + below(24) }
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
    faults: many(4, fault),
    submissions: Array.from({ length: intents }, (_, intent) => [
      submission(intent),
      ...many(2, () => submission(intent))
    ]).flat(),
    accidents: many(3, accident)
  }
  // Drawn last, so that the worlds of a seed are otherwise what they were.
  return { ...scenario, submissions: scenario.submissions.map((one) => ({ ...one, isImpatient: draw() < 0.4 })) }
}

/** Every scenario with one thing less. */
export const smaller = (scenario: Scenario): ReadonlyArray<Scenario> => {
  const without = <A>(values: ReadonlyArray<A>) => values.map((_, index) => values.toSpliced(index, 1))
  const { maxUsdPerDay, ...unlimited } = scenario
  return [
    ...without(scenario.submissions).map((submissions) => ({ ...scenario, submissions })),
    ...without(scenario.accidents).map((accidents) => ({ ...scenario, accidents })),
    ...without(scenario.faults).map((faults) => ({ ...scenario, faults })),
    ...(maxUsdPerDay === undefined ? [] : [unlimited])
  ]
}
