import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Progress } from "../progress.ts"
import { call, emulated, ledgerOf, started } from "../testing/emulated.ts"

/** Long enough for a tool that does not wait for Kling to answer. */
const answered = Effect.fnUntraced(function* <A, E, R>(answer: Effect.Effect<A, E, R>) {
  const calling = yield* Effect.forkChild(answer)
  yield* Effect.repeat(TestClock.adjust("500 millis"), { times: 10 })
  return yield* Fiber.join(calling)
})

describe("a request that waits for a free slot", () => {
  it.effect("says its place and time wherever it is asked for, and is made in the end", () => {
    const world = new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1 } } } })
    const news: Array<string> = []
    return Effect.gen(function* () {
      yield* started("generate_video")
      const submitted = yield* answered(call("generate_video", { prompt: "a dog" }))
      const waits = /It is waiting for a free slot, place 1, about \d+ s\. Call wait_for_task/
      expect(submitted.text).toMatch(waits)
      expect(submitted.facts["next"]).toMatch(waits)
      const { task_id } = submitted.facts
      expect((yield* call("check_video_status", { task_id })).text).toMatch(waits)
      yield* answered(call("wait_for_task", { task_id, timeout_seconds: 2 }))
      expect(news.at(-1)).toMatch(/^Task is waiting for a free slot, place 1, about \d+ s$/)
      const waiting = yield* Effect.forkChild(call("wait_for_task", { task_id, timeout_seconds: 45 }))
      yield* Effect.repeat(TestClock.adjust("500 millis"), { times: 600 })
      yield* Fiber.join(waiting)
      expect((yield* call("check_video_status", { task_id })).text).toContain("Status: succeed")
      expect((yield* ledgerOf(world)).charges).toHaveLength(2)
    }).pipe(
      Effect.provide(emulated(world)),
      Effect.provideService(Progress, (message) => Effect.sync(() => news.push(message)))
    )
  })
})
