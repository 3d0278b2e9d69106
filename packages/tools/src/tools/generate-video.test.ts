import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { call, emulated, failure, ledgerOf, requestsSeen, injectFault } from "../testing/emulated.ts"

describe("generate_video", () => {
  it.effect("starts one task, names it, and says what it costs and what comes next", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const { text, structured } = yield* call("generate_video", {
        prompt: "a cat",
        duration: "10",
        mode: "professional"
      })
      expect(text).toMatch(/^Video generation started successfully!\nTask ID: kk-t2v-[0-9a-z]{26}\n/)
      expect(text).toContain("Model: kling-3.0 (new.t2v.kling-3.0)")
      expect(text).toContain("Quote: 1.12 USD, 8 video units = 10 s x 0.8 (kling-3.0, 1080p, silent)")
      expect(text).toContain("wait_for_task")
      expect(structured).toMatchObject({ status: "submitted", quote: { state: "exact", units: 8, usd: 1.12 } })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([
        { taskId: structured["kling_task_id"], externalTaskId: structured["task_id"] }
      ])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("takes null for an argument that was left out", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("generate_video", { prompt: "a cat", negative_prompt: null, duration: null })
      expect(structured).toMatchObject({ operation: "new.t2v.kling-3.0" })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("starts one task only, though the connection breaks after Kling took the request", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "commit-then-drop" })
      const { structured } = yield* call("generate_video", { prompt: "a cat" })
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: structured["task_id"] }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("answers within a host's timeout when Kling does not, and the request is still reconciled", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* injectFault(world, { fault: "late-visibility", seconds: 60 })
      yield* injectFault(world, { fault: "commit-then-hang" })
      const calling = yield* Effect.forkChild(call("generate_video", { prompt: "a cat" }))
      // The ledger lives in real time: only when the request is out does the test's clock move.
      yield* Effect.promise(() => expect.poll(() => [...world.state.tasks.running].length).toBeGreaterThan(0))
      yield* TestClock.adjust("2 seconds")
      const { text, structured } = yield* Fiber.join(calling)
      expect(text).toContain("Kling has not confirmed it yet; it is charged at most once. Do not submit again.")
      expect(structured).toMatchObject({ status: "submitted" })
      yield* TestClock.adjust("2 minutes")
      expect((yield* ledgerOf(world)).tasks).toMatchObject([{ externalTaskId: structured["task_id"] }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["prompt is required", {}],
    ["prompt is required", { prompt: "" }],
    ["prompt must be a string", { prompt: 5 }],
    ["prompt is 4000 characters long; the limit is 3072", { prompt: "a".repeat(4000) }],
    ["promt is not a setting of generate_video; did you mean prompt?", { prompt: "x", promt: "y" }],
    ["frobnicate is not a setting of generate_video; the settings are: prompt,", { prompt: "x", frobnicate: 1 }],
    ["cfg_scale worked only with the v1 models", { prompt: "x", cfg_scale: 0.5 }],
    ["camera_control worked only with the v1 models", { prompt: "x", camera_control: { type: "simple" } }],
    ["image_url is an argument of generate_image_to_video", { prompt: "x", image_url: "https://a.example/a.png" }],
    ["model_name kling-v1.6 was retired by Kling", { prompt: "x", model_name: "kling-v1.6" }],
    ["model_name kling-image-o1 is an image model", { prompt: "x", model_name: "kling-image-o1" }],
    ["duration 20 is not supported by kling-3.0 (3 to 15 s); did you mean 15?", { prompt: "x", duration: 20 }],
    ["duration 31 is not supported by kling-3.0", { prompt: "x", duration: 31 }],
    ["duration must be a number", { prompt: "x", duration: "five" }],
    ["duration 7 is not supported by kling-2.6 (5 or 10 s)", { prompt: "x", model_name: "kling-2.6", duration: 7 }],
    ["resolution 540p is not supported by kling-3.0: 720p, 1080p, 4k", { prompt: "x", resolution: "540p" }],
    ["resolution contradicts mode; give only one of them", { prompt: "x", mode: "standard", resolution: "4k" }],
    ["audio must be a string", { prompt: "x", audio: 1 }],
    ["audio off is not supported by kling-3.0-turbo", { prompt: "x", model_name: "kling-3.0-turbo", audio: "off" }],
    ["negative_prompt is not supported by kling-o1", { prompt: "x", model_name: "kling-o1", negative_prompt: "y" }],
    ["multi_shot is not supported by kling-2.6", { prompt: "x", model_name: "kling-2.6", multi_shot: true }]
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
