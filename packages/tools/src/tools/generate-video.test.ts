import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"
import { call, emulated, failure, ledgerOf, requestsSeen, strike } from "../testing/emulated.ts"

describe("generate_video", () => {
  it.effect("starts one task, names it, and says what it costs and what comes next", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, facts } = yield* call("generate_video", { prompt: "a cat", duration: "10", mode: "professional" })
      expect(text).toMatch(/^Video generation started successfully!\nTask ID: kk-t2v-[0-9a-z]{26}\n/)
      expect(text).toContain("Model: kling-3.0 (new.t2v.kling-3.0)")
      expect(text).toContain("Quote: 1.12 USD, 8 video units = 10 s x 0.8 (kling-3.0, 1080p, silent)")
      expect(text).toContain("wait_for_task")
      expect(facts).toMatchObject({ status: "submitted", quote: { state: "exact", units: 8, usd: 1.12 } })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([
        { taskId: facts["kling_task_id"], externalTaskId: facts["task_id"] }
      ])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("takes null for an argument that was left out", () =>
    Effect.gen(function* () {
      const { facts } = yield* call("generate_video", { prompt: "a cat", negative_prompt: null, duration: null })
      expect(facts).toMatchObject({ operation: "new.t2v.kling-3.0" })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("starts one task only, though the connection breaks after Kling took the request", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* strike(world, { fault: "commit-then-drop" })
      const { facts } = yield* call("generate_video", { prompt: "a cat" })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: facts["task_id"] }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("answers within a host's patience when Kling does not, and the request is settled all the same", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* strike(world, { fault: "late-visibility", seconds: 60 })
      yield* strike(world, { fault: "commit-then-hang" })
      const calling = yield* Effect.forkChild(call("generate_video", { prompt: "a cat" }))
      // The ledger lives in real time: only when the request is out does the test's clock move.
      yield* Effect.promise(() => vi.waitUntil(() => [...world.state.tasks.running].length > 0))
      yield* TestClock.adjust("2 seconds")
      const { text, facts } = yield* Fiber.join(calling)
      expect(text).toContain("Kling has not confirmed it yet; it is charged at most once. Do not submit again.")
      expect(facts).toMatchObject({ status: "submitted" })
      yield* TestClock.adjust("2 minutes")
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: facts["task_id"] }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["prompt is required", {}],
    ["prompt must not be empty", { prompt: "" }],
    ["prompt must be a string", { prompt: 5 }],
    ["prompt is 4000 characters long; at most 3072 are allowed", { prompt: "a".repeat(4000) }],
    ["promt is not an argument of this tool; did you mean prompt?", { prompt: "x", promt: "y" }],
    ["frobnicate is not an argument of this tool; the arguments are: prompt,", { prompt: "x", frobnicate: 1 }],
    ["cfg_scale only worked with the v1 models", { prompt: "x", cfg_scale: 0.5 }],
    ["camera_control only worked with the v1 models", { prompt: "x", camera_control: { type: "simple" } }],
    ["image_url is an argument of generate_image_to_video", { prompt: "x", image_url: "https://a.example/a.png" }],
    ["model_name kling-v1.6 was switched off by Kling", { prompt: "x", model_name: "kling-v1.6" }],
    ["model_name kling-image-o1 makes pictures, no clips", { prompt: "x", model_name: "kling-image-o1" }],
    ["duration 20 is not possible with kling-3.0: 3 to 15; nearest: 15", { prompt: "x", duration: 20 }],
    ["duration must be at most 30", { prompt: "x", duration: 31 }],
    ["duration must be a whole number of seconds", { prompt: "x", duration: "five" }],
    ["duration 7 is not possible with kling-2.6: 5 or 10", { prompt: "x", model_name: "kling-2.6", duration: 7 }],
    ["resolution must be one of 720p, 1080p, 4k; nearest: 1080p", { prompt: "x", resolution: "1080" }],
    ["mode means 720p, resolution says otherwise", { prompt: "x", mode: "standard", resolution: "4k" }],
    ["audio must be one of native, off", { prompt: "x", audio: true }],
    ["audio off is not possible with kling-3.0-turbo", { prompt: "x", model_name: "kling-3.0-turbo", audio: "off" }],
    ["negative_prompt is not taken by kling-o1", { prompt: "x", model_name: "kling-o1", negative_prompt: "y" }],
    ["multi_shot is not possible with kling-2.6", { prompt: "x", model_name: "kling-2.6", multi_shot: true }]
  ] as const)("refuses before anything is sent: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const error = yield* failure("generate_video", args)
      expect(error.message).toContain(message)
      expect(error.code).toBe("KLING_INVALID_INPUT")
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["a list", [1]],
    ["a word", "prompt"]
  ] as const)("refuses %s in place of arguments", ([, args]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call("generate_video", args as unknown as Record<string, unknown>))
      expect(error.message).toBe("arguments must be an object with named fields")
    }).pipe(Effect.provide(emulated()))
  )
})
