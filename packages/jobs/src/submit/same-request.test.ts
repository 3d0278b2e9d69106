import { describe, expect, it } from "@effect/vitest"
import { operations, type Plan, planImage, planOperation, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Result } from "effect"
import { programsOf } from "../polling/testing/programs.ts"
import type { RunOptions } from "../jobs.ts"

const paidFor = (world: KlingWorld) => world.state.tasks.size

/** Two programs on one ledger, and what a request of one of them made. */
const setting = Effect.fnUntraced(function* (speed = 1) {
  const world = new KlingWorld({ speed })
  const start = yield* programsOf(world)
  const [one, other] = [yield* start(), yield* start()]
  const run = Effect.fnUntraced(function* (program: typeof one, plan: Plan, options?: RunOptions) {
    const result = yield* inVirtualTime(program.jobs.run(plan, options))
    return Result.getOrThrow(result)
  })
  return { world, one, other, run }
})

describe("the same request", () => {
  it.effect("is one charge however it is spelled", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const spellings = [
        {},
        { negativePrompt: "" },
        { n: 1 },
        { resolution: "1k" },
        { aspectRatio: "16:9" },
        { watermark: false },
        { prompt: " a lighthouse\n" }
      ]
      for (const [index, spelling] of spellings.entries()) {
        yield* run(index % 2 === 0 ? one : other, yield* planImage({ prompt: "a lighthouse", ...spelling }))
      }
      expect(paidFor(world)).toBe(1)
      const named = { model: "kling-v3", prompt: "a lighthouse" }
      yield* run(other, yield* planOperation(operations["legacy.images.generations"], named))
      expect(paidFor(world)).toBe(1)
      yield* run(one, yield* planImage({ prompt: "a lighthouse", n: 2 }))
      expect(paidFor(world)).toBe(2)
    })
  )

  it.effect("is one charge while its task runs, and for ten minutes after its end", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const plan = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
      yield* run(one, plan)
      yield* inVirtualTime(Effect.sleep("11 minutes"))
      // The task has ended meanwhile, and no program has asked: Kling says when.
      yield* inVirtualTime(Effect.sleep("2 seconds"))
      yield* run(other, plan)
      expect(paidFor(world)).toBe(2)
      yield* inVirtualTime(Effect.sleep("9 minutes"))
      yield* run(one, plan)
      expect(paidFor(world)).toBe(2)
    })
  )

  it.effect("is one charge for a call that answers at once, whose stored answer it returns", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const plan = yield* planOperation(operations["legacy.tts"], operations["legacy.tts"].example)
      const first = yield* run(one, plan)
      const again = yield* run(other, plan)
      expect(again).toMatchObject({ _tag: "Answer", job: { isDuplicate: true } })
      expect(again._tag === "Answer" && first._tag === "Answer" && again.answer).toEqual(
        first._tag === "Answer" && first.answer
      )
      expect(paidFor(world)).toBe(1)
      yield* run(one, plan, { take: 2 })
      expect(paidFor(world)).toBe(2)
    })
  )

  it.effect("is another one when another take is asked for, and each take can be replayed", () =>
    Effect.gen(function* () {
      const { world, one, other, run } = yield* setting()
      const plan = yield* planVideo({ prompt: "a lighthouse" }, "api-key")
      for (const options of [{}, { take: 2 }, { take: 2 }, { allowDuplicate: true }, { allowDuplicate: true }]) {
        yield* run(one, plan, options)
        yield* run(other, plan, options)
      }
      expect(paidFor(world)).toBe(3)
    })
  )
})
