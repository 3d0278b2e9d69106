import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsIn, startTask } from "./testing/emulated.ts"

describe("a result of an earlier task as an argument of a tool", () => {
  it.effect("is one charge, whichever id names it", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image = yield* startTask("generate_image", { prompt: "a fox", num_images: 2 })
      yield* passTime(world)
      const { structured } = yield* call("check_image_status", { task_id: image })
      const second = { prompt: "it runs", image_url: `${image}#2` }
      const first = yield* call("generate_image_to_video", second)
      const again = yield* call("generate_image_to_video", {
        ...second,
        image_url: `${String(structured["kling_task_id"])}#2`
      })
      expect(again.structured["task_id"]).toBe(first.structured["task_id"])
      yield* passTime(world)
      expect((yield* ledgerOf(world)).charges.map(({ externalTaskId }) => externalTaskId)).toEqual([
        image,
        first.structured["task_id"]
      ])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is one again when its task is repeated", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image = yield* startTask("generate_image", { prompt: "a fox", num_images: 2 })
      yield* passTime(world)
      const made = yield* call("check_image_status", { task_id: image })
      const [, second] = made.structured["outputs"] as ReadonlyArray<{ readonly url: string }>
      const image_url = `${image}#2`
      const task_id = yield* startTask("generate_image_to_video", { prompt: "it runs", image_url })
      expect((yield* call("repeat_task", { task_id })).structured).toMatchObject({ task_id, repeated: true })
      const sent = requestsIn(world)
      const other = yield* call("repeat_task", { task_id, changes: { duration: 10 } })
      expect(JSON.stringify(sent())).toContain(second?.url)
      yield* passTime(world)
      const { structured } = yield* call("check_video_status", { task_id: other.structured["task_id"] })
      expect(structured).toMatchObject({
        settings: { duration: 10 },
        inputs: [{ name: "image_url", source: image_url }]
      })
      expect((yield* ledgerOf(world)).charges).toHaveLength(3)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is refused in the words of the tool, before anything is paid", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const video = yield* startTask("generate_video")
      yield* passTime(world)
      const wrong = yield* failure("generate_image", { prompt: "x", ref_image_url: video })
      expect(wrong.message).toBe(`ref_image_url is a video, not an image; ${video}@last is its last frame`)
      expect(wrong.wasCharged).toBe("no")
      // No decoder is at hand here.
      const frame = yield* failure("generate_image_to_video", { prompt: "x", image_url: `${video}@last` })
      expect(frame.message).toContain("image_url needs the last frame of a video, and nothing on this machine decodes")
      const raw = yield* failure("call_kling_api", {
        operation: "legacy.avatar",
        input: JSON.stringify({ image: video, soundFile: "https://a.example/a.mp3" })
      })
      expect(raw.message).toContain("image is a video, not an image")
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is the speech and not its task, where a tool takes an id", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const speech = yield* call("generate_audio", { kind: "speech", text: "Good morning to everybody" })
      const { task_id: audio_id } = speech.structured
      const { text } = yield* call("create_avatar_video", { image_url: "https://a.example/me.png", audio_id })
      expect(text).toContain("Quote: about 0.112 USD, 0.8 video units = 2 s x 0.4 (avatar, 720p, std/pro)")
      yield* passTime(world)
      const { charges } = yield* ledgerOf(world)
      expect(charges.map(({ operation }) => operation)).toEqual(["legacy.tts", "legacy.avatar"])
      const refused = yield* failure("create_avatar_video", {
        image_url: "https://a.example/me.png",
        audio_id: yield* startTask("generate_image", { prompt: "a fox" })
      })
      expect(refused.message).toMatch(/^audio_id is still submitted; wait until it has finished/)
    }).pipe(Effect.provide(emulated(world)))
  })
})
