import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { call, emulated, passTime, startTask } from "../testing/emulated.ts"

describe("check_video_status", () => {
  it.effect("shows a video with its length", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("check_video_status", { task_id })
      expect(text).toMatch(/Generated Videos:\nVideo 1:\n- URL: http\S+\n- Duration: 5(\.\d+)? s\n- ID: \d+\n/)
      expect(text).toContain("Note: Videos will be cleared after 30 days for security")
      expect(structured).toMatchObject({ outputs: [{ type: "video", url: expect.stringContaining("http") }] })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("accepts Kling's task id, and the id of a task of any kind", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image = yield* call("generate_image", { prompt: "a cat" })
      yield* passTime(world)
      for (const task_id of [image.structured["task_id"], image.structured["kling_task_id"]]) {
        const { text, structured } = yield* call("check_video_status", { task_id })
        expect(text).toContain("Generated Images:\nImage 1:")
        expect(structured).toMatchObject({
          task_id: image.structured["task_id"],
          kling_task_id: image.structured["kling_task_id"]
        })
      }
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect(
    "says until when the files are kept, counted from the end of the task, however late and often it is seen",
    () =>
      Effect.gen(function* () {
        const task_id = yield* startTask("generate_video")
        yield* TestClock.adjust("5 days")
        const until = []
        for (let poll = 0; poll < 3; poll++) {
          until.push((yield* call("check_video_status", { task_id })).structured["expires_at"])
          yield* TestClock.adjust("1 day")
        }
        expect(new Set(until).size).toBe(1)
        expect(until[0]).toMatch(/^1970-01-31T00:/)
      }).pipe(Effect.provide(emulated()))
  )
})
