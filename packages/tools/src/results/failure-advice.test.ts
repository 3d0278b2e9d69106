import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, passTime, startTask, injectFault } from "../testing/emulated.ts"

describe("a task that failed", () => {
  it.effect.each([
    ["Failure to pass the risk control system", "content check: the same prompt and images will fail again"],
    ["no faces detected in the image", "that shows face and body clearly"],
    ["image download failed", "check that its URL is public"],
    ["internal error, please try again later", "a problem on Kling's side: the same input may succeed later"],
    ["E-4711", "Change the input before you generate again."]
  ] as const)("gets advice from Kling's message %s, and the cost of another attempt", ([message, advice]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "fail", message })
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("check_video_status", { task_id })
      expect(text).toContain(`Status: failed\nMessage: Kling says: "${message}"`)
      expect(structured["next"]).toContain(advice)
      expect(text).toMatch(/\nNext: .*Another attempt is a new, charged task\.$/)
      expect(text).toMatch(/\nCharged: /)
    }).pipe(Effect.provide(emulated(world)))
  })
})
