import type { Vitest } from "@effect/vitest"
import { startEmulator } from "@klingkit/emulator"
import { Effect } from "effect"
import { expect } from "vitest"
import type { Job } from "../../job.ts"
import { TestDatabase } from "../../ledger/testing/test-database.ts"
import { makeCrashPoints } from "../../submit/testing/crash-points.ts"
import { type CrashRun, runCrashing } from "../../submit/testing/crash-runs.ts"
import { type Run, runProgram, runSamplePipeline } from "../../submit/testing/run-program.ts"
import { outcomeUnknown } from "../run-pipeline.ts"
import { sampleOperations } from "./sample-pipeline.ts"

const roomy = { speed: 1_000_000, faults: { packs: { video: { units: 1_000_000, concurrency: 10_000 } } } }

/** A ledger, a Kling without any other charges, and programs that start ten minutes apart. */
const freshSample = Effect.gen(function* () {
  const { url, apiKey, world } = yield* Effect.orDie(startEmulator(roomy))
  const { argument = "" } = yield* (yield* TestDatabase).fresh
  return { world, run: (program: number): Run => ({ ledger: argument, url, apiKey, minutesLater: 10 * program }) }
})

type Sample = Effect.Success<typeof freshSample>

/** A last program, which does not crash: the same command once more. */
const runAgain = (sample: Sample): Effect.Effect<Job | undefined> =>
  Effect.orDie(runProgram(sample.run(1), makeCrashPoints(), runSamplePipeline))

interface Scenario {
  readonly crashAt: string
  readonly sample: Sample
  readonly crashRun: CrashRun | undefined
}

/** What is wrong with the end of a scenario: each step must be paid once, except for one whose outcome is unknown. */
const problemsOf = Effect.fnUntraced(function* ({ crashAt, sample, crashRun }: Scenario) {
  const job = yield* runAgain(sample)
  sample.world.state.advanceTo(Date.now())
  const paid = sample.world.state.charges.map(({ charge }) => charge.operation)
  const twice = paid.filter((operation, index) => paid.indexOf(operation) !== index)
  const isComplete = sampleOperations.every((operation) => paid.includes(operation))
  const isUnknown = job?.pipeline?.stoppedBy?.includes(outcomeUnknown) === true
  const [lostAt] = job?.pipeline?.steps.filter(({ status }) => status === "unknown") ?? []
  const mayBeLost = ["legacy.tts", "legacy.identify-face"].includes(lostAt?.operation ?? "")
  return [
    ...(crashRun?.end === "SIGKILL" || !requiredPoints.includes(crashAt) ? [] : ["did not crash there"]),
    ...twice.map((operation) => `${operation} was charged twice`),
    ...(job?.task.status === "succeed" && !isComplete ? ["succeeded without having paid for every step"] : []),
    ...(job?.task.status === "succeed" || (isUnknown && mayBeLost)
      ? []
      : [`ended as ${job?.task.status}: ${job?.task.message}`])
  ].map((problem) => `${crashAt}: ${problem}`)
})

/** Every state in which a program can leave the ledger and Kling; a crash in between leaves one of them. */
const betweenWrites = /^(create.*|become \w+|end as \w+), after |^create the pipeline, before |^POST, head /

/** The states of every run. Which others there are depends on how far a task is when it is polled. */
const requiredPoints = [
  "create the pipeline, before 1",
  "create the pipeline, after 1",
  ...sampleOperations.flatMap((_, index) =>
    ["create, after", "become SENDING, after", "POST, head", "become SUCCEEDED, after"].map(
      (point) => `${point} ${index + 1}`
    )
  ),
  "end as SUCCEEDED, after 1"
]

export const inRealTime = { excludeTestServices: true, timeout: 600_000 } as const

export const pipelineCrashSuite = (it: Vitest.MethodsNonLive<TestDatabase>): void => {
  it.effect(
    "at any point resumes when the same command is run again, and pays each step at most once",
    () =>
      Effect.gen(function* () {
        const uninterrupted = yield* freshSample
        const [complete] = yield* runCrashing("pipeline", [{ run: uninterrupted.run(0) }])
        expect(complete?.reportedSuccess).toBe(true)
        const points = (complete?.points ?? []).filter((point) => betweenWrites.test(point))
        expect(points).toEqual(expect.arrayContaining(requiredPoints))
        const samples = yield* Effect.forEach(points, (crashAt) =>
          Effect.map(freshSample, (sample) => ({ crashAt, sample }))
        )
        const crashRuns = yield* runCrashing(
          "pipeline",
          samples.map(({ crashAt, sample }) => ({ run: sample.run(0), crashAt }))
        )
        const scenarios = samples.map((sample, index): Scenario => ({ ...sample, crashRun: crashRuns[index] }))
        const problems = yield* Effect.forEach(scenarios, problemsOf, { concurrency: 4 })
        expect(problems.flat()).toEqual([])
      }).pipe(Effect.scoped),
    inRealTime.timeout
  )
}
