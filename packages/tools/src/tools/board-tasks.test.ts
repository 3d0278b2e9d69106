import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { call, emulated, ledgerOf, passTime, requestsSeen, startTask } from "../testing/emulated.ts"
import { boardTasks } from "./board-tasks.ts"

interface Data {
  readonly tasks: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly today: Readonly<Record<string, number>>
}
const readBoard = (args: Readonly<Record<string, unknown>>) =>
  Effect.map(boardTasks.call(args), ({ structured }) => (structured as Data).tasks)

const readToday = Effect.map(boardTasks.call({}), ({ structured }) => (structured as Data).today)

describe("the board's poll", () => {
  it.effect("returns one task, with elapsed seconds", () =>
    Effect.gen(function* () {
      const task_id = yield* startTask("generate_video", { prompt: "a kite" })
      yield* TestClock.adjust("1 second")
      const [task] = yield* readBoard({ task_id })
      expect(task).toMatchObject({ task_id, elapsed_seconds: 1, charges: [], outputs: [] })
      expect(task).toMatchObject({
        prompt: "a kite",
        model: "kling-3.0",
        quote: { state: "exact", units: 3, usd: 0.42 }
      })
      expect(task?.["usual_seconds"]).toBeGreaterThan(10)
    }).pipe(Effect.provide(emulated(new KlingWorld({ speed: 1 }))))
  )

  it.effect("returns the full prompt of one task, and the start of each of many", () =>
    Effect.gen(function* () {
      const prompt = "a kite ".repeat(100)
      const task_id = yield* startTask("generate_video", { prompt })
      expect((yield* readBoard({ task_id }))[0]?.["prompt"]).toBe(prompt.trim())
      expect((yield* readBoard({}))[0]?.["prompt"]).toBe(prompt.slice(0, 200))
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("returns charges once the task has finished", () => {
    const world = new KlingWorld({ speed: 1 })
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const [task] = yield* readBoard({ task_id })
      expect(task).toMatchObject({ status: "succeed", charges: [{ kind: "unit", amount: 3, of: "video" }] })
      expect(task?.["elapsed_seconds"]).toBeGreaterThan(10)
      expect(task?.["outputs"]).toMatchObject([{ type: "video", duration_seconds: 5 }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("returns the newest tasks when none is named, in one request", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const ids = [yield* startTask("generate_video", { prompt: "first" })]
      yield* TestClock.adjust("1 second")
      ids.unshift(yield* startTask("generate_image"))
      yield* TestClock.adjust("1 second")
      ids.unshift(yield* startTask("generate_video", { prompt: "third" }))
      const before = (yield* requestsSeen(world)).length
      expect((yield* readBoard({ limit: 2 })).map(({ task_id }) => task_id)).toEqual(ids.slice(0, 2))
      expect((yield* readBoard({})).map(({ task_id }) => task_id)).toEqual(ids)
      expect((yield* requestsSeen(world)).length).toBe(before + 2)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("returns the account of the day, in which a pipeline and its steps count once", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      expect(yield* readToday).toEqual({ charged_usd: 0, reserved_usd: 0, unknown_usd: 0, left_usd: 10 })
      const task_id = yield* startTask("generate_video")
      expect(yield* readToday).toEqual({ charged_usd: 0, reserved_usd: 0.42, unknown_usd: 0, left_usd: 9.58 })
      yield* passTime(world)
      yield* call("check_video_status", { task_id })
      expect(yield* readToday).toEqual({ charged_usd: 0.42, reserved_usd: 0, unknown_usd: 0, left_usd: 9.58 })
      const lipSync = yield* call("create_lipsync", { task_id, tts_text: "Good morning, and welcome" })
      yield* passTime(world)
      yield* call("check_video_status", { task_id: lipSync.structured["task_id"] })
      const charged = (yield* ledgerOf(world)).charges.reduce((sum, { usd }) => sum + usd, 0)
      const { charged_usd = 0, ...rest } = yield* readToday
      expect(charged_usd).toBeCloseTo(charged, 9)
      expect(charged_usd).toBeGreaterThan(0.42)
      expect(rest).toEqual({ reserved_usd: 0, unknown_usd: 0, left_usd: expect.closeTo(10 - charged, 9) })
    }).pipe(Effect.provide(emulated(world, { maxUsdPerDay: 10 })))
  })

  it.effect("shows a pipeline as one task", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const lipSync = yield* call("create_lipsync", { task_id, tts_text: "Good morning, and welcome" })
      yield* passTime(world)
      const pipeline = lipSync.structured["task_id"]
      const listed = yield* readBoard({})
      // The search for faces has a task at Kling whose id its answer does not tell.
      const known = listed.map((task) => String(task["task_id"])).filter((id) => id.startsWith("kk-"))
      expect(known).toEqual([pipeline, task_id])
      expect(listed[0]).toMatchObject({ prompt: "Good morning, and welcome", status: "succeed" })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("costs nothing", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      yield* readBoard({})
      expect((yield* ledgerOf(world)).charges).toEqual([])
      expect([boardTasks.charged, boardTasks.hints.readOnly]).toEqual([false, true])
    }).pipe(Effect.provide(emulated(world)))
  })

  it("stays small, since it is listed although models never see it", () => {
    const { name, description, inputSchema } = boardTasks
    expect(JSON.stringify({ name, description, inputSchema }).length).toBeLessThan(500)
  })
})
