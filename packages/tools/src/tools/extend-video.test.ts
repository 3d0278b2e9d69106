import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, started } from "../testing/emulated.ts"

const finished = Effect.fnUntraced(function* (world: KlingWorld, args: Readonly<Record<string, unknown>> = {}) {
  const task_id = yield* started("generate_video", { prompt: "a cat", ...args })
  yield* passTime(world)
  return task_id
})

describe("extend_video", () => {
  it.effect.each(["api-key", "key-pair"] as const)(
    "makes the next shot with the clip as reference, with an %s",
    (kind) => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        const task_id = yield* finished(world)
        const { text, facts } = yield* call("extend_video", {
          task_id,
          prompt: "it jumps",
          duration: "5",
          mode: "standard"
        })
        expect(text).toMatch(/^Video extension started successfully!\nTask ID: kk-omni-/)
        expect(text).toContain("Warning: the result is the next shot alone")
        expect(facts).toMatchObject({ quote: { units: 4.5 } })
        expect((yield* call("list_tasks", { search: "The shot that follows" })).text).toContain("video_1")
        yield* passTime(world)
        expect((yield* call("check_video_status", { task_id: facts["task_id"] })).facts).toMatchObject({
          status: "succeed",
          outputs: [{ type: "video" }]
        })
        // 0.9 units a second: Kling's rate for a request that holds a clip.
        expect((yield* ledgerOf(world)).charges.map(({ externalTaskId, units }) => [externalTaskId, units])).toEqual([
          [task_id, 3],
          [facts["task_id"], 4.5]
        ])
      }).pipe(Effect.provide(emulated(world, {}, kind)))
    }
  )

  it.effect("waits for nothing, and refuses what cannot be continued", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const running = yield* started("generate_video")
      expect((yield* failure("extend_video", { task_id: running, prompt: "x" })).message).toMatch(
        /^task_id is (submitted|processing): wait for it first/
      )
      const picture = yield* started("generate_image", { prompt: "x" })
      yield* passTime(world)
      expect((yield* failure("extend_video", { task_id: picture, prompt: "x" })).message).toBe("task_id made no clip")
      const long = yield* finished(world, { duration: 12 })
      expect((yield* failure("extend_video", { task_id: long, prompt: "x", model_name: "kling-o1" })).message).toBe(
        "task_id is a clip of 12 s; only clips of 3 to 10 s can be continued"
      )
      expect((yield* ledgerOf(world)).tasks).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    [
      "model_name kling-v1.6 cannot continue a clip; choose kling-3.0-omni, kling-o1",
      { prompt: "x", model_name: "kling-v1.6" }
    ],
    ["model_name kling-2.6 cannot continue a clip", { prompt: "x", model_name: "kling-2.6" }],
    ["audio is not made beside a reference clip", { prompt: "x", audio: "native" }],
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
