import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Random, Result } from "effect"
import { charged, injectFault, makeHome, program, run, runSample } from "./testing/programs.ts"
import { planStoryboard } from "./testing/storyboard.ts"

/** The edits that are run. */
const edits = [
  {},
  { elsewhere: "a town" },
  { three: "it sleeps" },
  { three: "it sleeps", elsewhere: "a town" },
  { two: "it walks" }
]
/** One `one`, two of `two`, three of `three` (one takes from the other `two`), two of `elsewhere`. */
const differentShots = 8

/** Programs that run one edit after the other, some of them crashing, some at once; then each edit to its end. */
const outcome = Effect.gen(function* () {
  const home = yield* makeHome
  const history: Array<unknown> = []
  const runEdit = (number: number, callsUntilCrash: number) =>
    Effect.gen(function* () {
      const plan = planStoryboard(edits[number])
      const result = yield* run(runSample({ reuseSteps: true }, plan), program(home, { callsUntilCrash }))
      const job = Option.getOrUndefined(Result.getOrElse(result, Option.none))
      history.push({ number, callsUntilCrash, status: job?.task.status, message: job?.task.message })
      return job
    })
  const anyEdit = Random.nextIntBetween(0, edits.length - 1)
  const anyCrash = Effect.flatMap(Random.nextBoolean, (crashes) =>
    crashes ? Random.nextIntBetween(1, 80) : Effect.succeed(Infinity)
  )
  for (let round = yield* Random.nextIntBetween(1, 4); round > 0; round--) {
    if (yield* Random.nextBoolean) yield* injectFault(home, { fault: "commit-then-drop", on: "new.t2v.kling-3.0" })
    const started = [yield* anyEdit, yield* anyEdit].map((number) => [number] as const)
    const crashes = [yield* anyCrash, yield* anyCrash]
    yield* Effect.forEach(started, ([number], index) => runEdit(number, crashes[index] ?? Infinity), {
      concurrency: 2
    })
  }
  // A program that follows a pipeline once more finishes what those before it have left.
  for (const number of [...edits.keys(), ...edits.keys()]) yield* runEdit(number, Infinity)
  const last = yield* Effect.forEach(edits.keys(), (number) => runEdit(number, Infinity))
  return { statuses: last.map((job) => job?.task.status), paid: (yield* charged(home)).operations.length, history }
})

describe("the edits of a pipeline, whatever happens to their programs", () => {
  it.effect.each(Array.from({ length: 16 }, (_, seed) => seed))(
    "pay each different step once: seed %i",
    (seed) =>
      Effect.gen(function* () {
        const { history, ...ended } = yield* outcome.pipe(Random.withSeed(seed))
        const expected = { statuses: edits.map(() => "succeed"), paid: differentShots }
        expect({ ...ended, history }).toEqual({ ...expected, history })
      }),
    60_000
  )
})
