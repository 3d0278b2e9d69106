import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { type Program, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "./testing/start-job.ts"

const submit = ({ jobs }: Program, prompt: string) =>
  Effect.flatMap(planVideo({ prompt }, "api-key"), (plan) => startJob(jobs, plan, { idempotencyKey: prompt }))

const creates = (world: KlingWorld) =>
  world.state.requests.rows.filter(({ method, path }) => method === "POST" && path !== "/tasks").length

/** Requests of two callers at once, those of the second after all of the first; the codes of those that failed, with whether they were charged. */
const submitAll = Effect.fnUntraced(function* (anna: Program, ben: Program, count: number) {
  const prompts = Array.from({ length: count }, (_, index) => [
    submit(anna, `a${index}`),
    Effect.delay(submit(ben, `b${index}`), "1 second")
  ])
  const sent = Effect.forEach(prompts.flat(), (one) => Effect.flip(one).pipe(Effect.option), {
    concurrency: "unbounded"
  })
  const errors = Result.getOrThrow(yield* inVirtualTime(sent))
  return errors.flatMap((error) => (error._tag === "Some" ? [`${error.value.code} ${error.value.wasCharged}`] : []))
})

describe("a storm of refusals", () => {
  it.effect(
    "for slots, one of which never becomes free, costs hardly more requests or time than there have to be",
    () =>
      Effect.gen(function* () {
        const packs = { video: { concurrency: 3, units: 1e6 } }
        const world = new KlingWorld({ speed: 10, faults: { packs, faults: [{ fault: "never-ends" }] } })
        const start = yield* programsOf(world)
        const [other, anna, ben] = [yield* start("other"), yield* start("anna"), yield* start("ben")]
        yield* inVirtualTime(submit(other, "never ends"))
        const before = creates(world)
        expect(yield* submitAll(anna, ben, 6)).toEqual([])
        const pages = yield* Effect.forEach([anna, ben], ({ jobs }) => jobs.history())
        const callerOf = new Map(
          pages.flatMap(({ jobs }) => jobs.map(({ handle, prompt = "" }) => [handle, prompt[0]] as const))
        )
        const [, ...made] = [...world.state.tasks.newestFirst()].toReversed()
        // The second does not wait for all six of the first.
        const callers = made.map(({ externalId }) => callerOf.get(externalId))
        const ahead = callers.map((_, at) =>
          callers.slice(0, at + 1).reduce((sum, by) => sum + (by === "a" ? 1 : -1), 0)
        )
        expect(ahead.filter((by) => Math.abs(by) > 4)).toEqual([])
        // Each program finds out once, and then tries every half a minute.
        expect(creates(world) - before).toBeLessThanOrEqual(12 + 4)
        const [first, last] = [made[0]?.createdAt ?? 0, made.at(-1)?.createdAt ?? 0]
        const taskMillis = (made[2]?.createdAt ?? 0) - first
        expect(last - first).toBeLessThanOrEqual(1.1 * 5 * taskMillis)
      })
  )

  it.effect("of too many requests ends in bounded retries; nothing is charged, and all are made afterwards, once", () =>
    Effect.gen(function* () {
      const packs = { video: { concurrency: 100, units: 1e6 } }
      const faults = [{ fault: "refuse", code: 1302, count: "always" }] as const
      const world = new KlingWorld({ speed: 1, faults: { packs, faults } })
      const start = yield* programsOf(world)
      const [anna, ben] = [yield* start("anna"), yield* start("ben")]
      const refused = yield* submitAll(anna, ben, 20)
      expect(refused).toEqual(Array.from({ length: 40 }, () => "KLING_RATE_LIMITED no"))
      // Each program has a budget of 50 retries for all of its requests.
      expect(creates(world)).toBeLessThanOrEqual(40 + 2 * 50)
      world.state.clearPlan()
      expect(yield* submitAll(anna, ben, 20)).toEqual([])
      expect(world.state.tasks.size).toBe(40)
    })
  )
})
