import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, ledgerOf, passTime, requestsSeen, startTask } from "../testing/emulated.ts"

const [left, right] = ["https://a.example/left.jpg", "https://a.example/right.jpg"]

describe("apply_video_effect", () => {
  it.effect.each([
    ["pet_dance", [left]],
    ["kiss_pro", [left, right]]
  ] as const)("makes a video with %s", ([effect_scene, image_urls]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("apply_video_effect", { effect_scene, image_urls })
      expect(text).toMatch(new RegExp(`^Video effect "${effect_scene}" applied successfully!\nTask ID: kk-effects-`))
      expect(text).toContain("Quote: unknown (Kling prices each effect on its own page)")
      yield* passTime(world)
      const status = yield* call("check_video_status", { task_id: structured["task_id"] })
      expect(status.structured).toMatchObject({ status: "succeed", outputs: [{ type: "video" }] })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: structured["task_id"] }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("accepts a scene that may be newer than the list, and says so", () =>
    Effect.gen(function* () {
      const made = yield* call("apply_video_effect", { effect_scene: "quantum_zyzzyva", image_urls: [left] })
      expect(made.structured["warnings"]).toEqual([
        "quantum_zyzzyva is not in klingkit's list of scenes; sent unchanged"
      ])
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("needs approval under any limit, since its price is unknown until charged", () => {
    const world = new KlingWorld()
    const args = { effect_scene: "pet_dance", image_urls: [left] }
    return Effect.gen(function* () {
      expect((yield* failure("apply_video_effect", args)).code).toBe("JOB_NOT_APPROVED")
      const quoted = yield* call("quote_cost", { tool: "apply_video_effect", arguments: JSON.stringify(args) })
      expect(quoted.structured).toMatchObject({ quote: { state: "unknown" } })
      yield* startTask("apply_video_effect", { ...args, confirm_token: quoted.structured["confirm_token"] })
      expect((yield* ledgerOf(world)).tasks).toHaveLength(1)
    }).pipe(Effect.provide(emulated(world, { maxUsdPerDay: 5, confirmTokens: true })))
  })

  it.effect.each([
    [
      "effect_scene hug was discontinued by Kling on 2026-01-30; did you mean hug_pro?",
      { effect_scene: "hug", image_urls: [left, right] }
    ],
    ["effect_scene is not a known scene; nearest: kiss_pro", { effect_scene: "kis_pro", image_urls: [left, right] }],
    [
      "nearest: birthday_board, champagne_birthday, happy_birthday, birthday_star",
      { effect_scene: "birthday", image_urls: [left] }
    ],
    ["effect_scene is not the name of a scene", { effect_scene: "Make her levitate!", image_urls: [left] }],
    ["image_urls has 1; kiss_pro takes two, left and right", { effect_scene: "kiss_pro", image_urls: [left] }],
    ["image_urls has 2; pet_dance takes one", { effect_scene: "pet_dance", image_urls: [left, right] }],
    ["image_urls has too many entries: at most 2", { effect_scene: "kiss_pro", image_urls: [left, right, left] }],
    ["image_urls is required", { effect_scene: "kiss_pro", image_urls: [] }],
    ["duration is set by the scene", { effect_scene: "pet_dance", image_urls: [left], duration: "10" }],
    ["model_name is set by the scene", { effect_scene: "pet_dance", image_urls: [left], model_name: "kling-v1.6" }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("apply_video_effect", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
