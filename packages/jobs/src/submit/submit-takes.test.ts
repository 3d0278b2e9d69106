import { describe, expect, it } from "@effect/vitest"
import { operations, planImage, planOperation, planVideo } from "@klingkit/core"
import { planVariants } from "@klingkit/core/requests"
import { type EmulatorOptions, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { programsOf } from "../polling/testing/programs.ts"
import type { RunOptions } from "../jobs.ts"
import { startedJob } from "./run-result.ts"

const setting = Effect.fnUntraced(function* (faults: EmulatorOptions["faults"] = {}) {
  const world = new KlingWorld({ speed: 1, faults })
  const start = yield* programsOf(world)
  const [one, other] = [yield* start(), yield* start()]
  const plan = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
  const run = Effect.fnUntraced(function* (program: typeof one, variants: number, options?: RunOptions) {
    const planned = yield* planVariants(plan, { variants })
    const result = yield* inVirtualTime(Effect.flatMap(program.jobs.run(planned, options), startedJob))
    return Result.getOrThrow(result)
  })
  return { world, one, other, run, plan }
})

const paidFor = (world: KlingWorld) => world.state.tasks.size
const handlesOf = (job: { readonly takes?: ReadonlyArray<{ readonly handle: string }> }) =>
  (job.takes ?? []).map(({ handle }) => handle)

describe("several takes of a request", () => {
  it.effect("are as many tasks, and the same ones for a replay, from any program", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const made = yield* run(one, 3)
      expect(made.takes?.map(({ take, job }) => [take, job?.isDuplicate ?? false])).toEqual([
        [1, false],
        [2, false],
        [3, false]
      ])
      expect(made.handle).toBe(handlesOf(made)[0])
      const again = yield* run(other, 3)
      expect([handlesOf(again), again.takes?.map(({ job }) => job?.isDuplicate)]).toEqual([
        handlesOf(made),
        [true, true, true]
      ])
      expect((yield* run(other, 1, { take: 2 })).handle).toBe(handlesOf(made)[1])
      expect(paidFor(world)).toBe(3)
    })
  )

  it.effect("begin with the take that is asked for, and only the missing ones are made", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      yield* run(one, 1)
      const made = yield* run(one, 2, { take: 2 })
      expect(made.takes?.map(({ take }) => take)).toEqual([2, 3])
      expect(handlesOf(yield* run(other, 4)).slice(1, 3)).toEqual(handlesOf(made))
      expect(paidFor(world)).toBe(4)
    })
  )

  it.effect("have a key each, which finds them for ever", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const options = { idempotencyKey: "order-7" }
      const made = yield* run(one, 2, options)
      yield* TestClock.adjust("3 hours")
      expect(handlesOf(yield* run(other, 2, options))).toEqual(handlesOf(made))
      expect((yield* run(other, 1, options)).handle).toBe(made.handle)
      expect(paidFor(world)).toBe(2)
      yield* run(other, 3, options)
      expect(paidFor(world)).toBe(3)
    })
  )

  it.effect("are made anew ten minutes after their end, though no program has polled them", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const made = yield* run(one, 2)
      yield* TestClock.adjust("90 seconds")
      yield* TestClock.adjust("15 minutes")
      const later = yield* run(other, 2)
      expect(handlesOf(later)).not.toEqual(expect.arrayContaining([handlesOf(made)[0]]))
      expect(paidFor(world)).toBe(4)
    })
  )

  it.effect("each say what became of them: one that Kling refuses is not charged, and a replay makes it", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting({ faults: [{ fault: "refuse", code: 1301, nth: 2 }] })
      const made = yield* run(one, 3)
      const refused = made.takes?.filter(({ error }) => error !== undefined) ?? []
      expect(refused.map(({ error }) => [error?.reason._tag, error?.wasCharged])).toEqual([["ContentRefused", "no"]])
      expect(made.takes?.filter(({ job }) => job !== undefined)).toHaveLength(2)
      expect(paidFor(world)).toBe(2)
      const again = yield* run(other, 3)
      expect(again.takes?.map(({ job }) => job !== undefined)).toEqual([true, true, true])
      expect(paidFor(world)).toBe(3)
    })
  )

  it.effect("fail as one if Kling refuses them all", () =>
    Effect.gen(function* () {
      const { world, one, plan } = yield* setting({ faults: [{ fault: "refuse", code: 1301, count: "always" }] })
      const planned = yield* planVariants(plan, { variants: 2 })
      const result = yield* inVirtualTime(one.jobs.run(planned))
      expect(Result.isFailure(result) && result.failure).toMatchObject({
        reason: { _tag: "ContentRefused" },
        wasCharged: "no"
      })
      expect(paidFor(world)).toBe(0)
    })
  )

  it.effect("are charged once each though the answers are lost", () =>
    Effect.gen(function* () {
      const { world, one, run } = yield* setting({ faults: [{ fault: "commit-then-drop", count: 3 }] })
      const made = yield* run(one, 3)
      expect(made.takes?.map(({ job }) => job?.task.status)).toEqual(["submitted", "submitted", "submitted"])
      expect(paidFor(world)).toBe(3)
    })
  )
})

describe("the plan of several takes", () => {
  it.effect("has the price of all of them, bounds too", () =>
    Effect.gen(function* () {
      const image = yield* planVariants(yield* planImage({ prompt: "a cat", n: 2 }), { variants: 3 })
      expect(image.quote).toMatchObject({ state: "exact", units: 48, priceUsd: 0.168 })
      expect(image.quote.rule).toMatch(/^3 takes, each 16 image units/)
      const motion = operations["new.motion.kling-2.6"]
      const single = yield* planOperation(motion, motion.example)
      const whole = yield* planVariants(single, { variants: 2 })
      expect(single.quote.upperBound?.priceUsd).toBeGreaterThan(0)
      expect(whole.quote.upperBound?.priceUsd).toBeCloseTo(2 * (single.quote.upperBound?.priceUsd ?? 0))
    })
  )

  it.effect("is refused of a call that answers at once, of the next take, and of a number that is not 1 to 4", () =>
    Effect.gen(function* () {
      const video = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
      const speech = yield* planOperation(operations["legacy.tts"], operations["legacy.tts"].example)
      const fields = yield* Effect.forEach(
        [
          planVariants(speech, { variants: 2 }),
          planVariants(video, { variants: 2, allowDuplicate: true }),
          planVariants(video, { variants: 5 }),
          planVariants(video, { variants: 1.5 })
        ],
        (refused) => Effect.map(Effect.flip(refused), ({ next }) => next)
      )
      expect(fields).toEqual([
        { _tag: "FixInput", fields: ["variants"] },
        { _tag: "FixInput", fields: ["allowDuplicate"] },
        { _tag: "FixInput", fields: ["variants"] },
        { _tag: "FixInput", fields: ["variants"] }
      ])
      expect(yield* planVariants(video, { variants: 1, allowDuplicate: true })).toBe(video)
    })
  )
})
