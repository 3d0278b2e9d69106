import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { call, emulated, failure, passTime, requestsSeen, startTask } from "../testing/emulated.ts"

type Tasks = ReadonlyArray<Record<string, unknown>>
const idsOf = (structured: Readonly<Record<string, unknown>>) =>
  (structured["tasks"] as Tasks).map((task) => task["task_id"])

describe("list_tasks", () => {
  it.effect("lists every kind of task, page by page", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* call("list_tasks", {})).text).toBe("No tasks found.")
      const video = yield* startTask("generate_video")
      yield* passTime(world)
      const image = yield* startTask("generate_image", { prompt: "a red kite" })
      const first = yield* call("list_tasks", { page_size: 1 })
      expect(first.text).toMatch(
        new RegExp(
          `^Kling AI Task List \\(Page 1\\):\nTotal Tasks: 1 on this page, more on page 2\nTask ID: ${image}\n`
        )
      )
      expect(first.text).toContain("- Prompt: a red kite")
      const second = yield* call("list_tasks", { page_size: 1, page: 2 })
      expect([...idsOf(first.structured), ...idsOf(second.structured)]).toEqual([image, video])
      expect(second.structured).toMatchObject({
        has_more: false,
        tasks: [
          {
            status: "succeed",
            model: "kling-3.0",
            type: "t2v",
            settings: { duration: 5, aspect_ratio: "16:9" },
            charged: "3 video units ($0.42), as quoted"
          }
        ]
      })
      expect(idsOf((yield* call("list_tasks", { status: "succeed" })).structured)).toEqual([video])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("finds tasks by words of their prompt", () =>
    Effect.gen(function* () {
      const kite = yield* startTask("generate_image", { prompt: "a red Kite over the sea" })
      yield* startTask("generate_image", { prompt: "a cat" })
      expect(idsOf((yield* call("list_tasks", { search: "kite" })).structured)).toEqual([kite])
      expect((yield* call("list_tasks", { search: "kite", status: "failed" })).text).toBe("No tasks found.")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("respects the requested time range", () =>
    Effect.gen(function* () {
      yield* startTask("generate_video")
      const asked = { start_time: "2001-01-01T00:00:00Z", end_time: "2001-02-01T00:00:00Z" }
      expect((yield* call("list_tasks", asked)).text).toBe("No tasks found.")
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("fits in a host's result limit with all facts of each task, and its pages reach every task", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 50 }), (_, index) =>
        Effect.andThen(passTime(world), startTask("generate_image", { prompt: `${index} ${"x".repeat(2000)}` }))
      )
      const seen = new Set<unknown>()
      for (const page of [1, 2, 3]) {
        const { text, structured } = yield* call("list_tasks", { page, page_size: 100 })
        expect(text.length + JSON.stringify(structured).length).toBeLessThan(25_000)
        expect(structured).toMatchObject({ page_size: 20, has_more: page < 3 })
        expect(text).toContain("page_size 100 is beyond its limit: 20 was used")
        for (const task of structured["tasks"] as Tasks) {
          expect(Object.keys(task)).toEqual(
            expect.arrayContaining(["type", "model", "prompt", "settings", "created_at", "updated_at"])
          )
          seen.add(task["task_id"])
        }
      }
      expect(seen.size).toBe(50)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("shows a pipeline as one task with the cost of all its steps, also when a step is what was found", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const video = yield* startTask("generate_video", { prompt: "a fox" })
      yield* passTime(world)
      const whole = yield* startTask("create_lipsync", { task_id: video, tts_text: "Good morning, and welcome" })
      yield* passTime(world)
      const listed = yield* call("list_tasks", {})
      // The search for faces has a task at Kling whose id its answer does not tell.
      const known = idsOf(listed.structured).filter((id) => String(id).startsWith("kk-"))
      expect(known).toEqual([whole, video])
      expect((listed.structured["tasks"] as Tasks)[0]).toMatchObject({
        status: "succeed",
        steps: 3,
        prompt: "Good morning, and welcome",
        inputs: [{ name: "video_url", source: video }],
        charged: "0.6 video units ($0.084), within the quote"
      })
      expect(idsOf((yield* call("list_tasks", { search: "welcome" })).structured)).toEqual([whole])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each(["succeeded", "SUCCESS", "Succeed", "completed"])("knows the status %s", (status) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_image")
      yield* passTime(world)
      const { structured } = yield* call("list_tasks", { status })
      expect(idsOf(structured)).toEqual([task_id])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("holds a page to its limits, and says so", () =>
    Effect.gen(function* () {
      const { structured } = yield* call("list_tasks", { page: 0, page_size: "200" })
      expect(structured).toMatchObject({ page_size: 20, notes: ["page 0 is beyond its limit: 1 was used"] })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each([
    ["page 1.5 is not an integer", { page: 1.5 }],
    ["status must be one of submitted, processing, succeed, failed; nearest: failed", { status: "fail" }],
    ["start_time must be a time such as", { start_time: "spring" }],
    ["page is beyond the 500 newest matches", { search: "x", page: 26, page_size: 100 }]
  ] as const)("refuses: %s", ([message, args]) => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect((yield* failure("list_tasks", args)).message).toContain(message)
      expect(yield* requestsSeen(world)).toEqual([])
    }).pipe(Effect.provide(emulated(world)))
  })
})
