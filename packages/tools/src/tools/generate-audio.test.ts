import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen } from "../testing/emulated.ts"

describe("generate_audio", () => {
  it.effect.each([
    ["legacy.text-to-audio", ["audio"], { kind: "effect", prompt: "rain on a roof" }],
    [
      "legacy.video-to-audio",
      ["video", "audio"],
      { kind: "soundtrack", video_url: "https://a.example/walk.mp4", prompt: "steps" }
    ]
  ] as const)("starts a task by %s", ([operation, types, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { structured } = yield* call("generate_audio", args)
      expect(structured).toMatchObject({ operation, status: "submitted", quote: { units: 0.25 } })
      yield* passTime(world)
      const { task_id } = structured
      expect((yield* call("check_video_status", { task_id })).structured).toMatchObject({
        status: "succeed",
        outputs: types.map((type) => ({ type }))
      })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("gives speech at once, and pays it once though the call is repeated", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const args = { kind: "speech", text: "Good morning to everybody" }
      const first = yield* call("generate_audio", args)
      expect(first.text).toMatch(/^Speech generated successfully!\nTask ID: \d+\nStatus: succeed\n/)
      expect(first.structured).toMatchObject({ repeated: false, outputs: [{ type: "audio", url: expect.any(String) }] })
      const again = yield* call("generate_audio", args)
      expect(again.structured).toMatchObject({ repeated: true, outputs: first.structured["outputs"] })
      expect((yield* ledgerOf(world)).charges).toHaveLength(1)
      const { task_id } = first.structured
      expect((yield* call("check_video_status", { task_id })).structured).toMatchObject({
        outputs: first.structured["outputs"]
      })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["text is not used with kind effect", { kind: "effect", prompt: "x", text: "y" }],
    ["duration 2 is outside 3 to 10", { kind: "effect", prompt: "x", duration: 2 }],
    ["video_url is required", { kind: "soundtrack" }],
    ["text is required", { kind: "speech" }],
    ["voice female-calm is not a Kling voice", { kind: "speech", text: "x", voice: "female-calm" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("generate_audio", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
