import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, startTask } from "../testing/emulated.ts"

const finished = Effect.fnUntraced(function* (world: KlingWorld, args: Readonly<Record<string, unknown>> = {}) {
  const task_id = yield* startTask("generate_video", { prompt: "a cat", ...args })
  yield* passTime(world)
  return task_id
})

describe("extend_video", () => {
  it.effect.each(["api-key", "key-pair"] as const)(
    "makes the next shot with the video as reference, with an %s",
    (kind) => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        const task_id = yield* finished(world)
        const { text, structured } = yield* call("extend_video", {
          task_id,
          prompt: "it jumps",
          duration: "5",
          mode: "standard"
        })
        expect(text).toMatch(/^Video extension started successfully!\nTask ID: kk-omni-/)
        expect(text).toContain("Warning: the result is only the next shot")
        expect(structured).toMatchObject({ quote: { units: 4.5 } })
        expect((yield* call("list_tasks", { search: "The shot that follows" })).text).toContain("video_1")
        yield* passTime(world)
        expect((yield* call("check_video_status", { task_id: structured["task_id"] })).structured).toMatchObject({
          status: "succeed",
          outputs: [{ type: "video" }]
        })
        // 0.9 units a second: Kling's rate for a request with a reference video.
        expect((yield* ledgerOf(world)).charges.map(({ externalTaskId, units }) => [externalTaskId, units])).toEqual([
          [task_id, 3],
          [structured["task_id"], 4.5]
        ])
      }).pipe(Effect.provide(emulated(world, {}, kind)))
    }
  )

  it.effect("waits for nothing, and refuses what cannot be continued", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const running = yield* startTask("generate_video")
      expect((yield* failure("extend_video", { task_id: running, prompt: "x" })).message).toMatch(
        /^task_id is still (submitted|processing); wait until it has finished/
      )
      const image = yield* startTask("generate_image", { prompt: "x" })
      yield* passTime(world)
      expect((yield* failure("extend_video", { task_id: image, prompt: "x" })).message).toBe(
        "task_id is an image, not a video; make a video of it first"
      )
      const long = yield* finished(world, { duration: 12 })
      expect((yield* failure("extend_video", { task_id: long, prompt: "x", model_name: "kling-o1" })).message).toBe(
        "task_id is a video of 12 s; only videos of 3 to 10 s can be continued"
      )
      expect((yield* ledgerOf(world)).tasks).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    [
      "model_name kling-v1.6 cannot continue a video; choose kling-3.0-omni, kling-o1",
      { prompt: "x", model_name: "kling-v1.6" }
    ],
    ["model_name kling-2.6 cannot continue a video", { prompt: "x", model_name: "kling-2.6" }],
    ["audio cannot be combined with a reference video", { prompt: "x", audio: "native" }],
    ["prompt is required", {}]
  ] as const)("refuses: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* finished(world)
      expect((yield* failure("extend_video", { task_id, ...args })).message).toContain(message)
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })
})
