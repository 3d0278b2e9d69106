import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, passTime, requestsSeen } from "../testing/emulated.ts"

const image_url = "https://a.example/me.png"

describe("create_avatar_video", () => {
  it.effect("speaks what generate_audio made", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const speech = yield* call("generate_audio", { kind: "speech", text: "Good morning to everybody" })
      const [{ id: audio_id } = { id: "" }] = speech.facts["outputs"] as ReadonlyArray<{ readonly id: string }>
      const { text, facts } = yield* call("create_avatar_video", { image_url, audio_id })
      expect(text).toMatch(/^Avatar video creation started successfully!\nTask ID: kk-avatar-/)
      expect(text).toContain("Quote: open (0.4 video units a second")
      yield* passTime(world)
      expect((yield* call("check_video_status", { task_id: facts["task_id"] })).facts).toMatchObject({
        status: "succeed"
      })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["audio_id is required (or audio_url)", { image_url }],
    ["tts_text is spoken in two steps: generate_audio", { image_url, tts_text: "Hello" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("create_avatar_video", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
