import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Clock, Effect } from "effect"
import { Progress } from "../progress.ts"
import {
  call,
  emulated,
  failure,
  ledgerOf,
  passTime,
  requestsSeen,
  startTask,
  whileTimePasses
} from "../testing/emulated.ts"

const slow = () => new KlingWorld({ speed: 1 })
const unknownId = "kk-t2v-00000000000000000000000000"

type Tasks = ReadonlyArray<Record<string, unknown>>
const tasksOf = ({ structured }: { readonly structured: Readonly<Record<string, unknown>> }) =>
  structured["tasks"] as Tasks
const statesOf = (result: Parameters<typeof tasksOf>[0]) =>
  tasksOf(result).map(({ task_id, status }) => [task_id, status] as const)

const videos = (count: number) =>
  Effect.forEach(Array.from({ length: count }), (_, index) => startTask("generate_video", { prompt: `cat ${index}` }))

describe("wait_for_task with task_ids", () => {
  it.effect("shows a preview of each of the first four, or says why there is none", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_ids = yield* videos(5)
      yield* passTime(world)
      const { text } = yield* call("wait_for_task", { task_ids, preview: true })
      const named = [...text.matchAll(/^Preview of (\S+): none; /gm)].map(([, id]) => id)
      expect(named).toHaveLength(4)
      expect(task_ids).toEqual(expect.arrayContaining(named))
      expect(text).toContain("\nPreviews: of the first 4 only; ask for the others by themselves.\nNext: ")
      expect((yield* call("wait_for_task", { task_ids })).text).not.toContain("Preview")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("ends when all have ended, with each in its lines, and reads them together", () => {
    const world = slow()
    const news: Array<string> = []
    return Effect.gen(function* () {
      const task_ids = yield* videos(4)
      const before = (yield* requestsSeen(world)).length
      const isMade = ({ text }: { readonly text: string }) => text.startsWith("4 of 4 tasks have ended.\n")
      const from = yield* Clock.currentTimeMillis
      const made = yield* whileTimePasses(
        Effect.repeat(call("wait_for_task", { task_ids, timeout_seconds: 45 }), { until: isMade, times: 3 })
      )
      expect((yield* Clock.currentTimeMillis) - from).toBeLessThan(90_000)
      expect(new Map(statesOf(made))).toEqual(new Map(task_ids.map((id) => [id, "succeed"])))
      const [first] = tasksOf(made)
      expect(first).toMatchObject({
        model: "kling-3.0",
        prompt: `cat ${task_ids.indexOf(String(first?.["task_id"]))}`,
        charged: "3 video units ($0.42), as quoted",
        outputs: [{ type: "video", url: expect.stringContaining("/files/") }]
      })
      const lines = made.text.split("\n")
      expect(lines[1]).toBe(
        `Task ${String(first?.["task_id"])}: succeed, "${String(first?.["prompt"])}", charged 3 video units ($0.42), as quoted`
      )
      expect(lines[2]).toMatch(/^- URL: http\S+video-1\.mp4$/)
      expect(lines.at(-1)).toBe("Next: Call download_task with these task_ids to save the files.")
      expect(made.links).toHaveLength(4)
      // Four waits one after the other take four times as many.
      expect((yield* requestsSeen(world)).length - before).toBeLessThan(20)
      expect(news.at(-1)).toBe("4 of 4 tasks have finished")
    }).pipe(
      Effect.provide(emulated(world)),
      Effect.provideService(Progress, (message) => Effect.sync(() => news.push(message)))
    )
  })

  it.effect("answers at its timeout: what has ended comes first, a wrong id spoils nothing", () => {
    const world = slow()
    return Effect.gen(function* () {
      const [video = ""] = yield* videos(1)
      const image = yield* startTask("generate_image")
      const from = yield* Clock.currentTimeMillis
      const waited = yield* whileTimePasses(
        call("wait_for_task", { task_ids: [unknownId, video, image], timeout_seconds: 30 })
      )
      expect((yield* Clock.currentTimeMillis) - from).toBe(30_000)
      expect(statesOf(waited)).toEqual([
        [image, "succeed"],
        [unknownId, "unknown"],
        [video, "processing"]
      ])
      expect(waited.text).toMatch(/^1 of 3 tasks have ended, 1 could not be read\.\n/)
      expect(waited.text).toContain(`Task ${unknownId}: `)
      expect(waited.text).toContain("(KLING_TASK_NOT_FOUND)")
      expect(waited.text).toMatch(/\nNext: Call wait_for_task again with the same task_ids/)
      expect((yield* failure("wait_for_task", { task_ids: [unknownId] })).code).toBe("KLING_TASK_NOT_FOUND")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    { task_ids: ["unsaved"] },
    { task_ids: "unsaved" },
    { task_id: "unsaved" },
    { task_id: "all" },
    { task_id: "ALL_UNSAVED" }
  ])("finds all that is not saved, what runs first: %j", (args) => {
    const world = slow()
    return Effect.gen(function* () {
      const none = yield* call("wait_for_task", args)
      expect([none.text, tasksOf(none)]).toEqual([
        "No task runs, and all results of the last 30 days are saved.\nNext: Nothing to download.",
        []
      ])
      const image = yield* startTask("generate_image")
      yield* passTime(world)
      const [video = ""] = yield* videos(1)
      const waited = yield* whileTimePasses(call("wait_for_task", { ...args, timeout_seconds: 5 }))
      expect(statesOf(waited)).toEqual([
        [image, "succeed"],
        [video, "submitted"]
      ])
      expect(waited.text).toContain('Next: Call wait_for_task again with task_ids ["unsaved"]')
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("takes several ids however they are written, and the pipeline as a whole", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const [video = "", other = ""] = yield* videos(2)
      yield* passTime(world)
      const whole = yield* startTask("create_lipsync", { task_id: video, tts_text: "Good morning, and welcome" })
      yield* passTime(world)
      const asked = [
        { task_ids: JSON.stringify([other, whole]) },
        { task_id: `${other}, ${whole}` },
        { task_ids: [`${other} ${whole}`] },
        { task_id: other, task_ids: [other, whole] }
      ]
      for (const args of asked) {
        const waited = yield* whileTimePasses(call("wait_for_task", args))
        expect(new Map(statesOf(waited))).toEqual(
          new Map([
            [other, "succeed"],
            [whole, "succeed"]
          ])
        )
        const ofWhole = tasksOf(waited).find(({ task_id }) => task_id === whole)
        expect(ofWhole).toMatchObject({ outputs: [{ type: "video" }], prompt: "Good morning, and welcome" })
      }
      expect((yield* ledgerOf(world)).charges).toHaveLength(5)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("fits in a host's result limit, and tells the status of all", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_ids = yield* Effect.forEach(Array.from({ length: 50 }), (_, index) =>
        Effect.andThen(
          passTime(world),
          startTask("generate_image", { prompt: `${index} ${"x".repeat(2000)}`, num_images: 2 })
        )
      )
      yield* passTime(world)
      const { text, structured, links } = yield* whileTimePasses(call("wait_for_task", { task_ids }))
      expect(text.length + JSON.stringify([structured, links]).length).toBeLessThan(25_000)
      expect((structured["tasks"] as Tasks).map(({ status }) => status)).toEqual(task_ids.map(() => "succeed"))
      for (const id of task_ids) expect(text).toContain(`Task ${id}: succeed`)
      const tooMany = [...task_ids, unknownId]
      expect((yield* failure("wait_for_task", { task_ids: tooMany })).message).toContain("at most 50")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect.each([
    ["task_id is required, or task_ids", {}],
    ["task_ids contradicts task_id; give only one of them", { task_id: unknownId, task_ids: ["893605946405612853"] }]
  ] as const)("refuses: %s", ([message, args]) =>
    Effect.gen(function* () {
      for (const tool of ["wait_for_task", "download_task"]) {
        expect((yield* failure(tool, args)).message).toContain(message)
      }
    }).pipe(Effect.provide(emulated()))
  )
})

describe("download_task with task_ids", () => {
  it.effect("says of each why it was not saved", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const [running = ""] = yield* videos(1)
      const { structured, text } = yield* call("download_task", { task_ids: [running, unknownId] })
      expect(structured["tasks"]).toMatchObject([
        { task_id: running, code: "JOB_NOT_FINISHED" },
        { task_id: unknownId, code: "KLING_TASK_NOT_FOUND" }
      ])
      expect(text).toMatch(/^Saved 0 files of 0 of 2 tasks in \/home\/me\/klingkit\.\n/)
      expect((yield* call("download_task", { task_id: "all" })).text).toBe(
        'No finished task has results that are not saved.\nNext: 1 more still run: call wait_for_task with task_ids ["unsaved"].'
      )
      expect((yield* failure("download_task", { task_ids: [running], file_name: "cat" })).message).toContain(
        "file_name is only for one task_id"
      )
    }).pipe(Effect.provide(emulated(world)))
  })
})
