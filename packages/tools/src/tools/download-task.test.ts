import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { fullName } from "./download-task.ts"
import { emulated, failure, passTime, startTask, injectFault } from "../testing/emulated.ts"

describe("download_task", () => {
  it.effect("says to wait for a running task", () =>
    Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      expect((yield* failure("download_task", { task_id })).code).toBe("JOB_NOT_FINISHED")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("finds nothing to download from a failed task", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "fail" })
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      expect((yield* failure("download_task", { task_id })).code).toBe("JOB_NOTHING_TO_FETCH")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("does not ignore a file name that cannot apply", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_image", { prompt: "a cat", num_images: 2 })
      yield* passTime(world)
      expect((yield* failure("download_task", { task_id, file_name: "cat" })).message).toBe(
        "file_name is only for tasks with one file; this one has 2, which are named automatically"
      )
    }).pipe(Effect.provide(emulated(world)))
  })

  it.each([
    ["fox", "https://a.example/video-1.mp4?sign=a.b", "fox.mp4"],
    ["fox.mp4", "https://a.example/video-1.mp4", "fox.mp4"],
    ["fox v2.0 final", "https://a.example/file", "fox v2.0 final.mp4"],
    ["../fox", "https://a.example/v.mov#t", "fox.mov"]
  ])("gets an extension: %s of %s is %s", (name, url, saved) => {
    expect(fullName(name, [{ type: "video", url }])).toBe(saved)
  })
})
