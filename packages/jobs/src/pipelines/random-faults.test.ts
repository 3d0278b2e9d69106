import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Random, Result } from "effect"
import { outcomeUnknown } from "./run-pipeline.ts"
import { sampleOperations } from "./testing/sample-pipeline.ts"
import { charged, injectFault, makeHome, program, run, runSample } from "./testing/programs.ts"

const faults = [
  { fault: "refuse", code: 1201 },
  { fault: "refuse", code: 1302, count: 2 },
  { fault: "fail", message: "the boat sank", on: "new.i2v.kling-3.0" },
  { fault: "drop" },
  { fault: "commit-then-drop" },
  { fault: "commit-then-502" }
]

/** Up to eight programs, each with a random fault or crash, then one or two without any. */
const outcome = Effect.gen(function* () {
  const home = yield* makeHome
  const history: Array<unknown> = []
  const programs = yield* Random.nextIntBetween(1, 8)
  const reuseSteps = programs % 2 === 1
  for (let number = 0; number < programs + 2; number++) {
    const isQuiet = number >= programs
    const callsUntilCrash = isQuiet || (yield* Random.nextBoolean) ? Infinity : yield* Random.nextIntBetween(1, 90)
    const on = sampleOperations[yield* Random.nextIntBetween(0, sampleOperations.length - 1)]
    const fault = { on, ...faults[yield* Random.nextIntBetween(0, faults.length - 1)] }
    if (!isQuiet && (yield* Random.nextBoolean)) yield* injectFault(home, fault)
    const ended = yield* run(
      runSample({ idempotencyKey: "the sample", reuseSteps }),
      program(home, { callsUntilCrash })
    )
    const job = Option.getOrUndefined(Result.getOrElse(ended, Option.none))
    history.push({ callsUntilCrash, fault, status: job?.task.status, message: job?.task.message })
    if (!isQuiet || job === undefined) continue
    const { operations, usd } = yield* charged(home)
    return { job, operations, usd, history }
  }
  return yield* Effect.die(history)
})

/** What is wrong with an outcome, each with the history that led to it. */
const problemsOf = ({ job, operations, usd, history }: Effect.Success<typeof outcome>): ReadonlyArray<string> => {
  const missing = sampleOperations.filter((operation) => !operations.includes(operation))
  const hasSucceeded = job.task.status === "succeed"
  const isUnknown = job.pipeline?.stoppedBy?.includes(outcomeUnknown) === true
  return [
    ...(new Set(operations).size === operations.length ? [] : ["a step was charged twice"]),
    ...(usd <= (job.pipeline?.quote.priceUsd ?? 0) ? [] : ["more was charged than quoted"]),
    ...(hasSucceeded && missing.length > 0 ? [`success was reported without ${missing.join(", ")}`] : []),
    ...(hasSucceeded || isUnknown ? [] : [`it ended as ${job.task.status}`])
  ].map((problem) => `${problem}: ${JSON.stringify(history)}`)
}

describe("a pipeline, whatever happens to its programs", () => {
  it.effect.each(Array.from({ length: 24 }, (_, seed) => seed))(
    "ends with each step paid once, and never more than was quoted: seed %i",
    (seed) =>
      Effect.gen(function* () {
        expect(problemsOf(yield* outcome.pipe(Random.withSeed(seed)))).toEqual([])
      }),
    60_000
  )
})
