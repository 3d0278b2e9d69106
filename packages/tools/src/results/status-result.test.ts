import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, passTime, requestsSeen, startTask, injectFault } from "../testing/emulated.ts"

describe("a requested preview", () => {
  it.effect.each([
    ["generate_image", "none; the task has not finished yet", "running"],
    ["generate_image", "none; no preview for this format: only PNG and JPEG are supported", "ended"],
    ["generate_image", "none; the file server returned HTTP 403", "cleared"],
    ["generate_image", "none; the connection was lost", "cut"],
    [
      "generate_video",
      "none; Kling gives no still of a video, and nothing on this machine decodes videos: install ffmpeg",
      "ended"
    ]
  ] as const)("of %s is %s when it has %s, and the state is returned anyway", ([tool, words, state]) => {
    const world = new KlingWorld({ baseUrl: "http://127.0.0.1" })
    return Effect.gen(function* () {
      const task_id = yield* startTask(tool)
      if (state !== "running") yield* passTime(world)
      if (state === "cut") yield* injectFault(world, { fault: "cut-download", afterBytes: 10 })
      if (state === "cleared") for (let day = 0; day < 31 * 24; day++) yield* passTime(world)
      const { text, structured, ...rest } = yield* call("check_image_status", { task_id, preview: true })
      expect(text).toContain(`\nPreview: ${words}\nNext: `)
      expect(structured).toMatchObject({ task_id, preview: words })
      expect(rest).not.toHaveProperty("picture")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("is the only reason to fetch a file", () => {
    const world = new KlingWorld({ baseUrl: "http://127.0.0.1" })
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_image")
      yield* passTime(world)
      for (const tool of ["check_image_status", "wait_for_task"]) {
        expect((yield* call(tool, { task_id })).text).not.toContain("Preview")
        expect((yield* call(tool, { task_id, preview: false })).text).not.toContain("Preview")
      }
      expect(JSON.stringify(yield* requestsSeen(world))).not.toContain("/files/")
      expect((yield* call("wait_for_task", { task_id, preview: true })).text).toContain("Preview: none; no preview for")
    }).pipe(Effect.provide(emulated(world)))
  })
})
