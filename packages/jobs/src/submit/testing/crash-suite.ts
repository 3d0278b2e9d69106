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

/** What is wrong with the end of a scenario: its request must be charged once, or not at all if the ledger says so. */
const problemsOf = Effect.fnUntraced(function* ({ crashes, runs, run }: Scenario) {
  const { world } = yield* Emulated
  const [record, ...others] = yield* recoverAndRead(run(3))
  world.state.advanceTo(Date.now())
  const state = record?.state ?? "not persisted"
  const charges = world.state.charges.filter(({ charge }) => charge.externalTaskId === record?.handle).length
  const tasks = record === undefined ? 0 : world.state.tasks.byExternalId(record.handle).length
  const expected = { SUCCEEDED: 1, REFUSED: 0, UNKNOWN: 0, "not persisted": 0 }[state as string]
  const hasReported = runs.some((crashRun) => crashRun.reportedSuccess)
  const problems = [
    ...crashes.flatMap((point, index) => (runs[index]?.end === "SIGKILL" ? [] : [`did not crash at ${point}`])),
    ...(others.length > 0 ? [`${others.length} jobs too many`] : []),
    ...(charges === expected && tasks === expected ? [] : [`${state} with ${tasks} tasks and ${charges} charges`]),
    ...(state !== "SUCCEEDED" && hasReported ? [`success was reported, but the job is ${state}`] : [])
  ]
  return problems.map((problem) => `${crashes.join(" / ")}: ${problem}`)
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
  const problems = yield* Effect.forEach(scenarios, problemsOf)
  return { pairs: twice.length, problems: problems.flat() }
}, Effect.scoped)

export const crashSuite = (it: Vitest.MethodsNonLive<TestDatabase | Emulated>): void => {
  it.effect(
    "at any point, or at any two, leaves its request charged once, or not at all",
    () =>
      Effect.gen(function* () {
        const run = yield* freshRequest
        const runs = yield* runCrashing("submit", [{ run: run(0) }])
        const points = runs.flatMap((crashRun) => crashRun.points)
        expect(runs.map(({ reportedSuccess }) => reportedSuccess)).toEqual([true])
        expect(yield* problemsOf({ crashes: [], runs, run })).toEqual([])
        const scenarios = yield* Effect.forEach(points, scenariosFrom, { concurrency: 4 })
        expect(scenarios.flatMap(({ problems }) => problems)).toEqual([])
        const pairs = scenarios.reduce((sum, scenario) => sum + scenario.pairs, 0)
        expect({ points: scenarios.length, pairs }).toEqual({ points: 16, pairs: 160 })
      }),
    inRealTime.timeout
  )
}
