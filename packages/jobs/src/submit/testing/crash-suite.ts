import type { Vitest } from "@effect/vitest"
import { type Emulator, startEmulator } from "@klingkit/emulator"
import { Context, Effect, Layer } from "effect"
import { expect } from "vitest"
import { TestDatabase } from "../../ledger/testing/test-database.ts"
import { type CrashRun, recoverAndRead, runCrashing } from "./crash-runs.ts"

/** Capacity for all requests, and tasks that finish immediately: this test is not about slots, packs or waiting. */
const roomy = { speed: 1_000_000, faults: { packs: { video: { units: 1_000_000, concurrency: 10_000 } } } }

export class Emulated extends Context.Service<Emulated, Emulator>()("@klingkit/jobs/CrashMatrixEmulator") {
  static readonly layer = Layer.effect(Emulated, Effect.orDie(startEmulator(roomy)))
}

/** The time limit is for computing, not for waiting: a hundred programs are started. */
export const inRealTime = { excludeTestServices: true, timeout: 600_000 } as const

/** A request with a ledger of its own, and programs that start ten minutes apart. */
const freshRequest = Effect.gen(function* () {
  const { url, apiKey } = yield* Emulated
  const { argument = "" } = yield* (yield* TestDatabase).fresh
  return (program: number) => ({ ledger: argument, url, apiKey, minutesLater: 10 * program })
})

interface Scenario {
  readonly crashes: ReadonlyArray<string>
  readonly runs: ReadonlyArray<CrashRun>
  readonly run: Effect.Success<typeof freshRequest>
}

interface Findings {
  /** Its request must be charged once, or not at all if the ledger says so. */
  readonly violations: ReadonlyArray<string>
  /** Crashes that did not happen, such as when the database was too busy to answer: the experiment shows nothing. */
  readonly missedCrashes: ReadonlyArray<string>
}

const findingsOf = Effect.fnUntraced(function* ({
  crashes,
  runs,
  run
}: Scenario): Effect.fn.Return<Findings, never, Emulated> {
  const { world } = yield* Emulated
  const [record, ...others] = yield* recoverAndRead(run(3))
  world.state.advanceTo(Date.now())
  const state = record?.state ?? "not persisted"
  const charges = world.state.charges.filter(({ charge }) => charge.externalTaskId === record?.handle).length
  const tasks = record === undefined ? 0 : world.state.tasks.byExternalId(record.handle).length
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
const scenariosFrom = Effect.fnUntraced(function* (first: string) {
  const single = yield* freshRequest
  const crashed = yield* runCrashing("submit", [{ run: single(0), crashAt: first }])
  const recovered = yield* runCrashing("recover", [{ run: single(1) }])
  const seconds = recovered.flatMap(({ points }) => points)
  const pairs = yield* Effect.forEach(seconds, (second) => Effect.map(freshRequest, (run) => ({ second, run })))
  const firstRuns = yield* runCrashing(
    "submit",
    pairs.map(({ run }) => ({ run: run(0), crashAt: first }))
  )
  const secondRuns = yield* runCrashing(
    "recover",
    pairs.map(({ run, second }) => ({ run: run(1), crashAt: second }))
  )
  const twice = pairs.map(({ run, second }, index): Scenario => {
    const runs = [firstRuns[index], secondRuns[index]].flatMap((crashRun) => crashRun ?? [])
    return { crashes: [first, second], runs, run }
  })
  const scenarios: ReadonlyArray<Scenario> = [
    { crashes: [first], runs: [...crashed, ...recovered], run: single },
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
const conclusiveScenariosFrom = (first: string) =>
  Effect.repeat(scenariosFrom(first), {
    until: ({ violations, missedCrashes }) => violations.length > 0 || missedCrashes.length === 0,
    times: 3
  })

export const crashSuite = (it: Vitest.MethodsNonLive<TestDatabase | Emulated>): void => {
  it.effect(
    "at any point, or at any two, leaves its request charged once, or not at all",
    () =>
      Effect.gen(function* () {
        const run = yield* freshRequest
        const runs = yield* runCrashing("submit", [{ run: run(0) }])
        const points = runs.flatMap((crashRun) => crashRun.points)
        expect(runs.map(({ reportedSuccess }) => reportedSuccess)).toEqual([true])
        expect((yield* findingsOf({ crashes: [], runs, run })).violations).toEqual([])
        const scenarios = yield* Effect.forEach(points, conclusiveScenariosFrom, { concurrency: 4 })
        expect(scenarios.flatMap(({ violations }) => violations)).toEqual([])
        expect(scenarios.flatMap(({ missedCrashes }) => missedCrashes)).toEqual([])
        const pairs = scenarios.reduce((sum, scenario) => sum + scenario.pairs, 0)
        expect({ points: scenarios.length, pairs }).toEqual({ points: 16, pairs: 160 })
      }),
    inRealTime.timeout
  )
}
