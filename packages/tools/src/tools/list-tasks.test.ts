import { describe, expect, it } from "@effect/vitest"
import { planImage } from "@klingkit/core"
import { planPipeline, stepFromPlan } from "@klingkit/core/requests"
import { KlingWorld } from "@klingkit/emulator"
import { Jobs, startedJob } from "@klingkit/jobs"
import { Effect, Stream } from "effect"
import {
  call,
  emulated,
  failure,
  injectFault,
  passTime,
  requestsSeen,
  startTask,
  whileTimePasses
} from "../testing/emulated.ts"

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

  it.effect("says why a task failed", () => {
    const world = new KlingWorld({ faults: { faults: [{ fault: "fail", message: "The prompt shows violence" }] } })
    return Effect.gen(function* () {
      yield* startTask("generate_video", { prompt: "a fight" })
      yield* passTime(world)
      const listed = yield* call("list_tasks", { status: "failed" })
      expect(listed.structured["tasks"]).toMatchObject([{ status: "failed", message: "The prompt shows violence" }])
      expect(listed.text).toContain('- Message: Kling says: "The prompt shows violence"')
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
      // Also the search for faces, whose answer does not tell the id of its task.
      expect(idsOf(listed.structured)).toEqual([whole, video])
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

  it.effect(
    "lists a call under its handle, and what was put together from several requests with the prompt of each",
    () => {
      const world = new KlingWorld()
      return Effect.gen(function* () {
        yield* call("generate_audio", { kind: "speech", text: "Good morning, and welcome" })
        const jobs = yield* Jobs
        const image = yield* planImage({ prompt: "a red kite" })
        const other = yield* planImage({ prompt: "a blue boat" })
        const plan = yield* planPipeline("two", [stepFromPlan("kite", image, []), stepFromPlan("boat", other, [])])
        const whole = yield* whileTimePasses(Effect.flatMap(jobs.run(plan), startedJob))
        yield* passTime(world)
        yield* whileTimePasses(Stream.runDrain(jobs.follow(whole.handle)))
        const { structured } = yield* call("list_tasks", {})
        const [first, second] = structured["tasks"] as Tasks
        expect(first).toMatchObject({
          task_id: whole.handle,
          steps: 2,
          model: "kling-v3",
          prompt: "two: a red kite / a blue boat",
          charged: expect.stringContaining("16 image units")
        })
        expect(second).toMatchObject({
          task_id: expect.stringMatching(/^kk-tts-/),
          type: "tts",
          prompt: "Good morning, and welcome"
        })
      }).pipe(Effect.provide(emulated(world)))
    }
  )

  it.effect("lists what is not saved, what runs included", () => {
    const world = new KlingWorld({ speed: 1 })
    return Effect.gen(function* () {
      const kite = yield* startTask("generate_image", { prompt: "a red kite" })
      yield* injectFault(world, { fault: "fail" })
      yield* startTask("generate_image", { prompt: "fails" })
      yield* passTime(world)
      const cat = yield* startTask("generate_video")
      expect(idsOf((yield* call("list_tasks", { status: "unsaved" })).structured)).toEqual([cat, kite])
      expect(idsOf((yield* call("list_tasks", { status: "unsaved", search: "KITE" })).structured)).toEqual([kite])
      const future = { status: "unsaved", start_time: "2100-01-01T00:00:00Z" }
      expect((yield* call("list_tasks", future)).text).toBe("No tasks found.")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("says where the list continues when a page has no room for all facts of its tasks", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const image_url = `https://a.example/${"x".repeat(450)}.png`
      const made = yield* Effect.forEach(Array.from({ length: 20 }), (_, index) =>
        Effect.andThen(
          passTime(world),
          startTask("generate_image_to_video", { image_url, prompt: `${index} ${"y".repeat(2000)}` })
        )
      )
      const seen = new Set<unknown>()
      let args: Readonly<Record<string, unknown>> = { page_size: 20 }
      for (let calls = 0; calls < 5 && seen.size < 20; calls++) {
        const { text, structured } = yield* call("list_tasks", args)
        expect(text.length + JSON.stringify(structured).length).toBeLessThan(25_000)
        for (const task of structured["tasks"] as Tasks) {
          expect(Object.keys(task)).toEqual(expect.arrayContaining(["type", "model", "prompt", "settings", "inputs"]))
          seen.add(task["task_id"])
        }
        const [, page, page_size] = /page (\d+) and page_size (\d+)/.exec(String(structured["next"])) ?? []
        args =
          page === undefined
            ? { page: Number(args["page"] ?? 1) + 1, page_size: args["page_size"] }
            : { page, page_size }
      }
      expect(seen).toEqual(new Set(made))
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
    ["status must be one of submitted, processing, succeed, failed, unsaved; nearest: failed", { status: "fail" }],
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
