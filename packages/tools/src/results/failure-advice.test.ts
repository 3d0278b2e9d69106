import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, passTime, started, strike } from "../testing/emulated.ts"

describe("a task that failed", () => {
  it.effect.each([
    ["Failure to pass the risk control system", "content check: the same prompt and pictures will fail again"],
    ["no faces detected in the image", "where face and body are seen well"],
    ["image download failed", "check that its URL is public"],
    ["internal error, please try again later", "trouble on Kling's side: the same input may succeed later"],
    ["E-4711", "Change the input before you generate again."]
  ] as const)("is explained by Kling's words %s, and what another try costs", ([message, advice]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* strike(world, { fault: "fail", message })
      const task_id = yield* started("generate_video")
      yield* passTime(world)
      const { text, facts } = yield* call("check_video_status", { task_id })
      expect(text).toContain(`Status: failed\nMessage: Kling says: "${message}"`)
      expect(facts["next"]).toContain(advice)
      expect(text).toMatch(/\nNext: .*Another try is a new, charged task\.$/)
      expect(text).toMatch(/\nCharged: /)
    }).pipe(Effect.provide(emulated(world)))
  })
})
