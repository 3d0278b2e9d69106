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
      const [{ id: audio_id } = { id: "" }] = speech.structured["outputs"] as ReadonlyArray<{ readonly id: string }>
      const { text, structured } = yield* call("create_avatar_video", { image_url, audio_id })
      expect(text).toMatch(/^Avatar video creation started successfully!\nTask ID: kk-avatar-/)
      expect(text).toContain("Quote: about 0.112 USD, 0.8 video units = 2 s x 0.4 (avatar, 720p, std/pro)")
      yield* passTime(world)
      expect((yield* call("check_video_status", { task_id: structured["task_id"] })).structured).toMatchObject({
        status: "succeed"
      })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("names the most that a sound behind a foreign URL can cost", () =>
    Effect.gen(function* () {
      const { text, structured } = yield* call("create_avatar_video", {
        image_url,
        audio_url: "https://a.example/a.mp3"
      })
      expect(text).toContain("Quote: at most 120 units ($16.80), 0.4 video units per second")
      expect(structured).toMatchObject({ quote: { state: "estimate", at_most_units: 120, at_most_usd: 16.8 } })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each([
    ["audio_id is required (or audio_url)", { image_url }],
    ["tts_text takes two steps: make the speech first, then give its id as audio_id", { image_url, tts_text: "Hello" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("create_avatar_video", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
