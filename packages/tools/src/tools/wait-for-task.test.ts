import { describe, expect, it } from "@effect/vitest"
import { KlingWorld } from "@klingkit/emulator"
import { Jobs } from "@klingkit/jobs"
import { Clock, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Progress } from "../progress.ts"
import { call, emulated, failure, ledgerOf, passTime, startTask, whileTimePasses } from "../testing/emulated.ts"

const slow = () => new KlingWorld({ speed: 1 })

describe("wait_for_task", () => {
  it.effect("ends with the task", () =>
    Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      const { text, structured } = yield* whileTimePasses(call("wait_for_task", { task_id }))
      expect(text).toContain("Status: succeed")
      expect(structured).toMatchObject({ status: "succeed", outputs: [{ type: "video" }] })
    }).pipe(Effect.provide(emulated()))
  )

  it.effect.each([
    ["40 s unless told otherwise", {}, 40],
    ["the time that was asked for", { timeout_seconds: 7 }, 7]
  ] as const)("answers after %s though the task keeps running", ([, args, seconds]) => {
    const world = slow()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      const from = yield* Clock.currentTimeMillis
      const [{ text, structured }, until] = yield* whileTimePasses(
        Effect.zip(call("wait_for_task", { task_id, ...args }), Clock.currentTimeMillis)
      )
      expect(until - from).toBe(seconds * 1000)
      expect(text).toContain(`Waited ${seconds} s`)
      expect(structured).toMatchObject({ status: "processing", next: "Call wait_for_task with this task_id." })
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("reports progress", () => {
    const news: Array<string> = []
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* whileTimePasses(call("wait_for_task", { task_id }))
      expect(news.at(0)).toMatch(/^Task is (submitted|processing)$/)
      expect(news.at(-1)).toBe("Task is succeed")
    }).pipe(
      Effect.provide(emulated()),
      Effect.provideService(Progress, (message) => Effect.sync(() => news.push(message)))
    )
  })

  it.effect("does not affect the task when interrupted", () => {
    const world = slow()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      const waiting = yield* Effect.forkChild(call("wait_for_task", { task_id }))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(waiting)
      yield* TestClock.adjust("10 minutes")
      expect((yield* call("check_video_status", { task_id })).structured).toMatchObject({ status: "succeed" })
      expect((yield* ledgerOf(world)).charges).toMatchObject([{ externalTaskId: task_id }])
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("waits for a task that Kling does not show yet", () => {
    const world = new KlingWorld({ speed: 1, faults: { switches: { visibilityDelaySeconds: 30 } } })
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      for (const tool of ["check_video_status", "check_image_status"] as const) {
        expect((yield* call(tool, { task_id })).structured).toMatchObject({ status: "submitted" })
      }
      const waited = yield* whileTimePasses(call("wait_for_task", { task_id, timeout_seconds: 7 }))
      expect(waited.structured).toMatchObject({ status: "submitted" })
      const isMade = ({ text }: { readonly text: string }) => text.includes("Status: succeed")
      yield* whileTimePasses(Effect.repeat(call("wait_for_task", { task_id }), { until: isMade, times: 5 }))
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("ends at its timeout, with the handle, when no concurrency slot becomes free", () => {
    const faults = [{ fault: "refuse", code: 1303, count: "always" } as const]
    const world = new KlingWorld({ speed: 1, faults: { faults } })
    return Effect.gen(function* () {
      const task_id = yield* whileTimePasses(startTask("generate_video"))
      const from = yield* Clock.currentTimeMillis
      const [{ text, structured }, until] = yield* whileTimePasses(
        Effect.zip(call("wait_for_task", { task_id, timeout_seconds: 7 }), Clock.currentTimeMillis)
      )
      expect(until - from).toBe(7000)
      expect(structured).toMatchObject({ task_id, status: "submitted" })
      expect(text).toContain("queued, position 1")
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("ends at its timeout when Kling does not answer, its last read included", () =>
    Effect.gen(function* () {
      const jobs = yield* Jobs
      const from = yield* Clock.currentTimeMillis
      const wait = failure("wait_for_task", { task_id: "123", timeout_seconds: 7 }).pipe(
        Effect.provideService(Jobs, { ...jobs, follow: () => Stream.never, status: () => Effect.never })
      )
      const [error, until] = yield* whileTimePasses(Effect.zip(wait, Clock.currentTimeMillis))
      expect(error.code).toBe("JOB_NOT_FINISHED")
      expect(until - from).toBe(7000)
    }).pipe(Effect.provide(emulated()))
  )

  it.effect("waits no longer than hosts do, and says so", () => {
    const world = new KlingWorld()
    return Effect.gen(function* () {
      const task_id = yield* startTask("generate_video")
      yield* passTime(world)
      const { text, structured } = yield* call("wait_for_task", { task_id, timeout_seconds: 300 })
      expect(structured).toMatchObject({ notes: ["timeout_seconds 300 is beyond its limit: 45 was used"] })
      expect(text).toMatch(/\nNote: timeout_seconds 300 is beyond its limit: 45 was used\.\nNext: /)
    }).pipe(Effect.provide(emulated(world)))
  })

  it.effect("says so when there is no such task", () =>
    Effect.gen(function* () {
      expect((yield* failure("wait_for_task", { task_id: "123" })).code).toBe("KLING_TASK_NOT_FOUND")
    }).pipe(Effect.provide(emulated()))
  )
})
