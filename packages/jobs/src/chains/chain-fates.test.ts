import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Random, Result } from "effect"
import { filmOperations } from "./testing/film.ts"
import { charged, make, makeHome, program, run, strike } from "./testing/programs.ts"

const faults = [
  { fault: "refuse", code: 1201 },
  { fault: "refuse", code: 1302, count: 2 },
  { fault: "fail", message: "the boat sank", on: "new.i2v.kling-3.0" },
  { fault: "drop" },
  { fault: "commit-then-drop" },
  { fault: "commit-then-502" }
]

/** Up to eight programs, each of which meets some fault or dies somewhere, and two that meet nothing. */
const fate = Effect.gen(function* () {
  const home = yield* makeHome
  const story: Array<unknown> = []
  const programs = yield* Random.nextIntBetween(1, 8)
  for (let number = 0; number < programs + 2; number++) {
    const isQuiet = number >= programs
    const callsToLive = isQuiet || (yield* Random.nextBoolean) ? Infinity : yield* Random.nextIntBetween(1, 90)
    const on = filmOperations[yield* Random.nextIntBetween(0, filmOperations.length - 1)]
    const fault = { on, ...faults[yield* Random.nextIntBetween(0, faults.length - 1)] }
    if (!isQuiet && (yield* Random.nextBoolean)) yield* strike(home, fault)
    const ended = yield* run(make({ idempotencyKey: "the film" }), program(home, { callsToLive }))
    const job = Option.getOrUndefined(Result.getOrElse(ended, Option.none))
    story.push({ callsToLive, fault, status: job?.task.status, message: job?.task.message })
    if (!isQuiet || job === undefined) continue
    const { operations, usd } = yield* charged(home)
    return { job, operations, usd, story }
  }
  return yield* Effect.die(story)
})

/** What is wrong with the end, each with the story that led there. */
const problemsOf = ({ job, operations, usd, story }: Effect.Success<typeof fate>): ReadonlyArray<string> => {
  const missing = filmOperations.filter((operation) => !operations.includes(operation))
  const hasSucceeded = job.task.status === "succeed"
  const isOpen = job.chain?.stoppedBy?.includes("nobody knows whether Kling took it") === true
  return [
    ...(new Set(operations).size === operations.length ? [] : ["a step was charged twice"]),
    ...(usd <= (job.chain?.quote.priceUsd ?? 0) ? [] : ["more was charged than quoted"]),
    ...(hasSucceeded && missing.length > 0 ? [`success was said without ${missing.join(", ")}`] : []),
    ...(hasSucceeded || isOpen ? [] : [`it ended as ${job.task.status}`])
  ].map((problem) => `${problem}: ${JSON.stringify(story)}`)
}

describe("a chain, whatever happens to its programs", () => {
  it.effect.each(Array.from({ length: 24 }, (_, seed) => seed))(
    "ends with each step paid once, and never more than was quoted: seed %i",
    (seed) =>
      Effect.gen(function* () {
        expect(problemsOf(yield* fate.pipe(Random.withSeed(seed)))).toEqual([])
      }),
    60_000
  )
})
