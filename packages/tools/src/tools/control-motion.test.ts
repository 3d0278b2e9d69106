import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen, startTask } from "../testing/emulated.ts"

const image_url = "https://a.example/me.png"
const asked = { image_url, video_url: "https://a.example/dance.mp4" }

describe("control_motion", () => {
  it.effect.each([
    ["api-key", "new.motion.kling-3.0"],
    ["key-pair", "legacy.motion-control"]
  ] as const)("uses the motion of a video that klingkit made, with an %s", ([kind, operation]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("control_motion", {
        image_url,
        task_id,
        resolution: "1080p",
        audio: "off"
      })
      expect(text).toMatch(/^Motion control started successfully!\nTask ID: kk-motion-/)
      expect(structured).toMatchObject({ operation })
      yield* passTime(world)
      expect((yield* call("check_video_status", { task_id: structured["task_id"] })).structured).toMatchObject({
        outputs: [{ type: "video", duration_seconds: 5 }]
      })
      // 1.2 units a second at 1080p.
      expect((yield* ledgerOf(world)).charges.at(-1)).toMatchObject({ operation, units: 6 })
    }).pipe(Effect.provide(emulated(world, {}, kind)))
  })

  it.effect.each([
    ["video_url is required", { image_url }],
    ["element_id is supported by kling-3.0 only", { ...asked, model_name: "kling-2.6", element_id: "1" }],
    ["element_id requires character_orientation", { ...asked, character_orientation: "image", element_id: "1" }],
    ["duration is that of the video", { ...asked, duration: 5 }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("control_motion", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
