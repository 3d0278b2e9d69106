import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { fullName } from "./download-task.ts"
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

  it.effect("does not leave out a name that is not possible", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* started("generate_image", { prompt: "a cat", num_images: 2 })
      yield* passTime(world)
      expect((yield* failure("download_task", { task_id, file_name: "cat" })).message).toBe(
        "file_name is for a task with one file; this one has 2, which get names of their own"
      )
    }).pipe(Effect.provide(emulated(world)))
  })

  it.each([
    ["fox", "https://a.example/video-1.mp4?sign=a.b", "fox.mp4"],
    ["fox.mp4", "https://a.example/video-1.mp4", "fox.mp4"],
    ["fox v2.0 final", "https://a.example/file", "fox v2.0 final.mp4"],
    ["../fox", "https://a.example/v.mov#t", "fox.mov"]
  ])("opens by its name: %s of %s is %s", (name, url, saved) => {
    expect(fullName(name, [{ type: "video", url }])).toBe(saved)
  })
})
