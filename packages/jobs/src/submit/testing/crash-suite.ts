import type { Vitest } from "@effect/vitest"
import type { FindableByExternalId } from "@klingkit/core"
import { startEmulator } from "@klingkit/emulator"
import { Effect } from "effect"
import { expect } from "vitest"
import { TestDatabase } from "../../ledger/testing/test-database.ts"
import { type CrashRun, recoverAndRead, runCrashing } from "./crash-runs.ts"

/**
 * Tasks that finish immediately: this test is not about waiting. No task is found by an external id where that is not
 * proven, as on a host that ignores it.
 */
const hostOf = (findable: FindableByExternalId) =>
  ({
    speed: 1_000_000,
    faults: { switches: { externalIds: findable === "proven" ? "keep" : "ignore" } }
  }) as const

/** The time limit is for computing, not for waiting: a hundred programs are started. */
export const inRealTime = { excludeTestServices: true, timeout: 600_000 } as const

/** A request with a ledger and a Kling of its own, and programs that start some minutes apart. */
const freshRequest = Effect.fnUntraced(function* (findable: FindableByExternalId) {
  const { url, apiKey, world } = yield* Effect.orDie(startEmulator(hostOf(findable)))
  const { argument = "" } = yield* (yield* TestDatabase).fresh
  const run = (program: number) => ({ ledger: argument, url, apiKey, minutesLater: 10 * program })
  return { run, world }
})

interface Scenario {
  readonly crashes: ReadonlyArray<string>
  readonly runs: ReadonlyArray<CrashRun>
  readonly request: Effect.Success<ReturnType<typeof freshRequest>>
}

interface Findings {
  /** Its request must be charged once, or not at all if the ledger says so. */
  readonly violations: ReadonlyArray<string>
  /** Crashes that did not happen, such as when the database was too busy to answer: the experiment shows nothing. */
  readonly missedCrashes: ReadonlyArray<string>
}

const findingsOf = Effect.fnUntraced(function* ({ crashes, runs, request }: Scenario): Effect.fn.Return<Findings> {
  const { state: kling } = request.world
  const [record, ...others] = yield* recoverAndRead(request.run(3))
  kling.advanceTo(Date.now())
  const state = record?.state ?? "not persisted"
  const charges = kling.charges.length
  const tasks = kling.tasks.size
  const expected = { SUCCEEDED: 1, REFUSED: 0, UNKNOWN: 0, "not persisted": 0 }[state as string]
  const hasReported = runs.some((crashRun) => crashRun.reportedSuccess)
  const missed = crashes.flatMap((point, index) =>
    runs[index]?.end === "SIGKILL" ? [] : [`did not crash at ${point}`]
  )
  const violations = [
    ...(others.length > 0 ? [`${others.length} jobs too many`] : []),
    ...(charges === expected && tasks === expected ? [] : [`${state} with ${tasks} tasks and ${charges} charges`]),
    ...(state !== "SUCCEEDED" && hasReported ? [`success was reported, but the job is ${state}`] : [])
  ]
  const named = (finding: string) => `${crashes.join(" / ")}: ${finding}`
  return { violations: violations.map(named), missedCrashes: missed.map(named) }
})

/** All scenarios whose first program crashes at `first`: the second one runs to its end, or crashes at one of its points. */
const scenariosFrom = Effect.fnUntraced(function* (findable: FindableByExternalId, first: string) {
  const single = yield* freshRequest(findable)
  const crashed = yield* runCrashing("submit", [{ run: single.run(0), crashAt: first }], findable)
  const recovered = yield* runCrashing("recover", [{ run: single.run(1) }])
  const seconds = recovered.flatMap(({ points }) => points)
  const pairs = yield* Effect.forEach(seconds, (second) =>
    Effect.map(freshRequest(findable), (request) => ({ second, request }))
  )
  const firstRuns = yield* runCrashing(
    "submit",
    pairs.map(({ request }) => ({ run: request.run(0), crashAt: first })),
    findable
  )
  const secondRuns = yield* runCrashing(
    "recover",
    pairs.map(({ request, second }) => ({ run: request.run(1), crashAt: second }))
  )
  const twice = pairs.map(({ request, second }, index): Scenario => {
    const runs = [firstRuns[index], secondRuns[index]].flatMap((crashRun) => crashRun ?? [])
    return { crashes: [first, second], runs, request }
  })
  const scenarios: ReadonlyArray<Scenario> = [
    { crashes: [first], runs: [...crashed, ...recovered], request: single },
    ...twice
  ]
  const findings = yield* Effect.forEach(scenarios, findingsOf)
  return {
    pairs: twice.length,
    violations: findings.flatMap(({ violations }) => violations),
    missedCrashes: findings.flatMap(({ missedCrashes }) => missedCrashes)
  }
}, Effect.scoped)

/** An experiment in which a crash did not happen is repeated; one that shows a violation is not. */
const conclusiveScenariosFrom = (findable: FindableByExternalId) => (first: string) =>
  Effect.repeat(scenariosFrom(findable, first), {
    until: ({ violations, missedCrashes }) => violations.length > 0 || missedCrashes.length === 0,
    times: 3
  })

interface CrashMatrix {
  /** Of the operation whose request is submitted. */
  readonly findable: FindableByExternalId
  /** How many crash points it has, and how many pairs with the points of its recovery. */
  readonly points: number
  readonly pairs: number
}

export const crashSuite = (
  it: Vitest.MethodsNonLive<TestDatabase>,
  { findable, points: expectedPoints, pairs: expectedPairs }: CrashMatrix
): void => {
  it.effect(
    `at any point, or at any two, leaves its request charged once, or not at all: findable ${findable}`,
    () =>
      Effect.gen(function* () {
        const request = yield* freshRequest(findable)
        const runs = yield* runCrashing("submit", [{ run: request.run(0) }], findable)
        const points = runs.flatMap((crashRun) => crashRun.points)
        expect(runs.map(({ reportedSuccess }) => reportedSuccess)).toEqual([true])
        expect((yield* findingsOf({ crashes: [], runs, request })).violations).toEqual([])
        const scenarios = yield* Effect.forEach(points, conclusiveScenariosFrom(findable), { concurrency: 4 })
        expect(scenarios.flatMap(({ violations }) => violations)).toEqual([])
        expect(scenarios.flatMap(({ missedCrashes }) => missedCrashes)).toEqual([])
        const pairs = scenarios.reduce((sum, scenario) => sum + scenario.pairs, 0)
        expect({ points: scenarios.length, pairs }).toEqual({ points: expectedPoints, pairs: expectedPairs })
      }),
    inRealTime.timeout
  )
}
