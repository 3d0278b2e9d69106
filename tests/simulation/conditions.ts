import type { Fault } from "@klingkit/emulator"
import type { Scenario, Submission } from "./scenario.ts"
import { seededRandom } from "./seeded-random.ts"

/** A clock is set: that of one process, as on another machine, or that of all. */
export interface ClockJump {
  readonly atSeconds: number
  readonly process: number | "all"
  readonly seconds: number
}

/** What a world may be like besides its clients and faults. */
export interface Conditions {
  /** Whether this Kling takes external ids. Where it does not, all requests are of operations without one. */
  readonly externalIds?: "ignore" | "refuse"
  /** How long lookups do not find a new task, and how long lists lack it. */
  readonly visibilityDelaySeconds?: number
  readonly listDelaySeconds?: number
  /** Processes that start from then on use another key of the account; whose it is can perhaps not be read. */
  readonly keyRotation?: { readonly atSeconds: number; readonly revokes: boolean; readonly hidesPacks: boolean }
  readonly clockJumps?: ReadonlyArray<ClockJump>
  /** The file of the ledger is taken away under the running processes. */
  readonly ledgerExchange?: { readonly atSeconds: number; readonly how: "deleted" | "moved" | "replaced" }
}

const minute = 60
const hour = 60 * minute

/** Adds conditions, drawn from a generator of their own, so that a seed keeps the rest of its world. */
export const drawConditions = (scenario: Scenario): Scenario => {
  const draw = seededRandom(scenario.seed ^ 0xc0de)
  const below = (limit: number) => Math.floor(draw() * limit)
  const oneOf = <A>(values: ReadonlyArray<A>): A => values[below(values.length)] as A
  if (draw() < 0.35) return scenario

  // A task that is not found at once may be made twice by a Kling that accepts duplicate ids.
  const isSlow = scenario.uniqueness === "enforce"
  const takesIds = draw() < 0.85
  const intents = [...new Set(scenario.submissions.map(({ intent }) => intent))]
  const unfindable = new Set(intents.filter(() => draw() < (takesIds ? 0.25 : 1)))
  const firstOf = (intent: number) => scenario.submissions.find((submission) => submission.intent === intent)
  const processes = 1 + Math.max(...scenario.submissions.map(({ process }) => process))
  const another = (submission: Submission, atSeconds: number, take: Submission["take"]): Submission => ({
    ...submission,
    atSeconds,
    process: below(processes),
    ...(take === undefined ? {} : { take })
  })

  /** Takes, each replayed; and the same request again, minutes later. */
  const more = intents.flatMap((intent) => {
    const first = firstOf(intent)
    if (first === undefined) return []
    const takes = draw() < 0.3 ? Array.from({ length: 1 + below(2) }, () => oneOf([2, 3, "next", "both"] as const)) : []
    const replayed = takes.flatMap((take) => {
      const atSeconds = below(first.isKeyed ? 150 : 50)
      return [another(first, atSeconds, take), another(first, atSeconds + below(20), take)]
    })
    return draw() < 0.3 ? [...replayed, another(first, 130 + below(300), undefined)] : replayed
  })
  // Answers that are lost at about the same time, where no id tells whose task is whose.
  const isMixedUp = unfindable.size > 1 && draw() < 0.7
  const submissions = [...scenario.submissions, ...more].map((submission) => ({
    ...submission,
    ...(unfindable.has(submission.intent) ? { isUnfindable: true } : {}),
    ...(isMixedUp ? { atSeconds: Math.floor(submission.atSeconds / 3) } : {}),
    readsStatus: draw() < 0.5
  }))

  const jumps = (): ReadonlyArray<ClockJump> =>
    Array.from({ length: 1 + below(2) }, () => ({
      atSeconds: oneOf(submissions).atSeconds + below(12),
      process: isSlow && draw() < 0.4 ? below(processes) : "all",
      seconds: oneOf([-4 * hour, -hour, -20 * minute, -90, 90, 25 * minute, hour + minute, 4 * hour])
    }))
  const rotation = () => ({ atSeconds: 1 + below(60), revokes: draw() < 0.5, hidesPacks: draw() < 0.4 })
  const exchange = () => ({ atSeconds: 1 + below(100), how: oneOf(["deleted", "moved", "replaced"] as const) })
  const conditions: Conditions = {
    ...(takesIds ? {} : { externalIds: oneOf(["ignore", "refuse"]) }),
    ...(isSlow && draw() < 0.25 ? { visibilityDelaySeconds: 1 + below(200) } : {}),
    ...(isSlow && draw() < 0.25 ? { listDelaySeconds: 1 + below(200) } : {}),
    ...(draw() < 0.35 ? { keyRotation: rotation() } : {}),
    ...(draw() < 0.3 ? { clockJumps: jumps() } : {}),
    ...(draw() < 0.04 ? { ledgerExchange: exchange() } : {})
  }
  const nth = 1 + below(4)
  const lost: ReadonlyArray<Fault> = [
    { fault: "drop", nth },
    { fault: "commit-then-drop", nth: nth + 1 }
  ]
  // Who has sent a request before its clock was set, still waits for the answer.
  const slow: Fault = { fault: "slow", delayMs: 15_000 + below(25_000), nth }
  const faults = [
    ...scenario.faults,
    ...(isMixedUp ? lost : []),
    ...(conditions.clockJumps === undefined ? [] : [slow])
  ]
  const [jump] = conditions.clockJumps ?? []
  return { ...scenario, faults, submissions: [...submissions, ...around(submissions, jump, processes)], conditions }
}

/** The requests of before a jump of the clock are repeated right after it, by processes that have seen it. */
const around = (
  submissions: ReadonlyArray<Submission>,
  jump: ClockJump | undefined,
  processes: number
): ReadonlyArray<Submission> =>
  jump === undefined
    ? []
    : submissions
        .filter(({ atSeconds }) => atSeconds <= jump.atSeconds && atSeconds > jump.atSeconds - 30)
        .map((submission) => ({
          ...submission,
          atSeconds: jump.atSeconds + 1 + (submission.intent % 4),
          process: (submission.process + 1) % processes
        }))
