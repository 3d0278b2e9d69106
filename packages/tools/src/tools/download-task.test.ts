import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { emulated, failure, passTime, started, strike } from "../testing/emulated.ts"

describe("download_task", () => {
  it.effect("asks to wait for a task that still runs", () =>
    Effect.gen(function* () {
      const task_id = yield* started("generate_video")
      expect((yield* failure("download_task", { task_id })).code).toBe("JOB_NOT_FINISHED")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("has nothing to fetch from a task that failed", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* strike(world, { fault: "fail" })
      const task_id = yield* started("generate_video")
      yield* passTime(world)
      expect((yield* failure("download_task", { task_id })).code).toBe("JOB_NOTHING_TO_FETCH")
    }).pipe(Effect.provide(emulated(world)))
  })
})
