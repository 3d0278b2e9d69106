import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, startTask } from "../testing/emulated.ts"

const finished = Effect.fnUntraced(function* (world: KlingWorld, args: Readonly<Record<string, unknown>> = {}) {
  const task_id = yield* startTask("generate_video", { prompt: "a cat", ...args })
  yield* passTime(world)
  return task_id
})

describe("edit_video", () => {
  it.effect.each(["api-key", "key-pair"] as const)("changes a finished video, with an %s", (kind) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* finished(world)
      const { text, structured } = yield* call("edit_video", {
        task_id,
        prompt: "make it night",
        audio: "original",
        reference_images: ["https://example.com/moon.png"]
      })
      expect(text).toMatch(/^Video editing started successfully!\nTask ID: kk-omni-/)
      expect((yield* call("list_tasks", { search: "make it night" })).text).toContain("kk-omni-")
      yield* passTime(world)
      expect((yield* call("check_video_status", { task_id: structured["task_id"] })).structured).toMatchObject({
        status: "succeed",
        outputs: [{ type: "video" }]
      })
      // 0.9 units for each second of the video, whose length the result keeps.
      expect((yield* ledgerOf(world)).charges.map(({ units }) => units)).toEqual([3, 4.5])
    }).pipe(Effect.provide(emulated(world, {}, kind)))
  })

  it.effect.each([
    ["task_id is a video of 12 s; only videos of 3 to 10 s can be edited", { model_name: "kling-o1" }],
    ["model_name kling-2.6 cannot edit a video; choose kling-3.0-omni, kling-o1", { model_name: "kling-2.6" }],
    ["dynamic_range is not supported by kling-3.0-omni", { dynamic_range: "hdr" }],
    ["audio native is not supported", { audio: "native" }],
    ["duration is that of the video", { duration: 5 }]
  ] as const)("refuses: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* finished(world, { duration: 12 })
      expect((yield* failure("edit_video", { task_id, prompt: "x", ...args })).message).toContain(message)
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })
})

describe("Kling 4.0", () => {
  it.effect("makes, edits and extends videos at partners' prices, each sent once and without an external id", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const model_name = "kling-4.0"
      const task_id = yield* finished(world, { model_name, duration: 4, resolution: "1080p" })
      const edited = yield* call("edit_video", { task_id, model_name, prompt: "make it night" })
      expect(edited.structured).toMatchObject({ quote: { state: "estimate", usd: 0.752 } })
      const extended = yield* call("extend_video", { task_id, model_name, prompt: "it jumps", duration: 6 })
      expect(extended.structured).toMatchObject({ quote: { state: "estimate", usd: 0.942 } })
      expect(extended.text).toContain("partner")
      yield* passTime(world)
      const { charges } = yield* ledgerOf(world)
      expect(charges.map(({ operation }) => operation)).toEqual([
        "new.t2v.kling-4.0",
        "new.omni.kling-4.0",
        "new.extend.kling-4.0"
      ])
      expect(charges.map(({ externalTaskId }) => externalTaskId)).toEqual(["", "", ""])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("makes HDR at 1080p and 4k only", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const hdr = { prompt: "x", model_name: "kling-4.0", dynamic_range: "hdr" }
      expect((yield* failure("generate_video", hdr)).message).toContain("dynamic_range hdr requires resolution 1080p")
      yield* call("generate_video", { ...hdr, resolution: "4k", duration: 30 })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("cannot extend with a key pair", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const args = { task_id: "https://example.com/fox.mp4", prompt: "x", model_name: "kling-4.0" }
      expect((yield* failure("extend_video", args)).message).toContain("model_name kling-4.0 requires an API key")
    }).pipe(Effect.provide(emulated(world, {}, "key-pair")))
  })
})
