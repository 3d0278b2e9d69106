import { describe, expect, it } from "@effect/vitest"
import { planImage, planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, type Duration, Effect, Option, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { makeHome, program as pipelineProgram, run, runSample } from "../pipelines/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"
import { signedCallback } from "./testing/kling-callbacks.ts"
import { type Program, programsOf, readsOf } from "./testing/programs.ts"

/** Reads from the first that reports the end of a task on. */
const worldWith = (...faults: ReadonlyArray<Fault>) => new KlingWorld({ faults: { faults } })
const always = { count: "always" } as const

const submitVideo = ({ jobs }: Program) =>
  Effect.flatMap(planVideo({ prompt: "a cat", callbackUrl: "https://example.com/done" }, "api-key"), (plan) =>
    startJob(jobs, plan)
  )

const submitImages = ({ jobs }: Program, n: number) =>
  Effect.flatMap(planImage({ prompt: "a cat", n }), (plan) => startJob(jobs, plan))

const endOf = ({ jobs }: Program, handle: string) =>
  Effect.gen(function* () {
    const started = yield* Clock.currentTimeMillis
    const { task } = Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
    const waitedSeconds = ((yield* Clock.currentTimeMillis) - started) / 1000
    return { status: task.status, outputs: task.outputs.length, charges: task.charges.length, waitedSeconds }
  })

const inTime = <A, E>(work: Effect.Effect<A, E>) => Effect.map(inVirtualTime(work), Result.getOrThrow)

describe("a success without its results", () => {
  it.effect("is waited for until they are there, and the bill with them", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "early-success", count: 3 })
      const program = yield* (yield* programsOf(world))()
      const end = yield* inTime(Effect.flatMap(submitVideo(program), ({ handle }) => endOf(program, handle)))
      expect(end).toMatchObject({ status: "succeed", outputs: 1, charges: 1 })
      expect((yield* program.ledger.list()).jobs).toMatchObject([{ state: "SUCCEEDED", outputs: [{ type: "video" }] }])
      expect((yield* program.ledger.list()).jobs[0]?.recheckAt).toBeUndefined()
    })
  )

  it.effect("is waited for during a minute at most, and found by a later poll", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "early-success", ...always })
      const program = yield* (yield* programsOf(world))()
      const { handle } = yield* inTime(submitVideo(program))
      const end = yield* inTime(endOf(program, handle))
      expect(end).toMatchObject({ status: "succeed", outputs: 0 })
      expect(end.waitedSeconds).toBeGreaterThan(30)
      expect(end.waitedSeconds).toBeLessThan(120)
      const again = yield* inTime(endOf(program, handle))
      expect(again.outputs).toBe(0)
      expect(again.waitedSeconds).toBeLessThan(2)
      world.state.faults.clear()
      const status = Effect.map(program.jobs.status(handle), ({ task }) => task.outputs.length)
      expect(yield* inTime(status)).toBe(0)
      yield* inTime(Effect.sleep("10 minutes"))
      expect(yield* inTime(status)).toBe(1)
    })
  )

  it.effect("is polled about twenty times in a day, and never more, however often it is read", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "early-success", ...always })
      const program = yield* (yield* programsOf(world))()
      const { handle } = yield* inTime(submitVideo(program))
      const readAfter = (pause: Duration.Input) =>
        Effect.andThen(TestClock.adjust(pause), inTime(program.jobs.status(handle)))
      for (const pause of ["1 second", "1 minute", "20 minutes", "1 hour"] as const) {
        for (let read = 0; read < 30; read++) yield* readAfter(pause)
      }
      const reads = readsOf(world).length
      expect(reads).toBeGreaterThan(15)
      expect(reads).toBeLessThan(26)
      yield* readAfter("1 day")
      expect(readsOf(world)).toHaveLength(reads)
    })
  )

  it.effect("reported by a callback is not the last word", () =>
    Effect.gen(function* () {
      const world = worldWith()
      const program = yield* (yield* programsOf(world))()
      const ended = Effect.gen(function* () {
        const { handle, task } = yield* submitVideo(program)
        const body = { id: task.id, external_id: handle, status: "succeeded", create_time: 1, update_time: 2 }
        const early = yield* signedCallback(world, { ...body, outputs: [], billing: [] })
        expect(yield* program.jobs.receiveCallback(early)).toBe(true)
        expect(yield* program.ledger.get(handle)).toMatchObject({ state: "SUCCEEDED", outputs: [], charges: [] })
        return yield* endOf(program, handle)
      })
      expect(yield* inTime(ended)).toMatchObject({ outputs: 1, charges: 1 })
    })
  )

  it.effect("of a step does not stop its pipeline", () =>
    Effect.gen(function* () {
      const { ledger } = yield* makeHome
      const world = worldWith({ fault: "early-success", count: 2 })
      const job = Result.getOrThrow(yield* run(runSample(), pipelineProgram({ ledger, world })))
      expect(Option.getOrThrow(job).task.status).toBe("succeed")
    })
  )
})

describe("fewer results than were paid for", () => {
  it.effect("are waited for shortly, and completed by a later poll, also by recovery", () =>
    Effect.gen(function* () {
      for (const how of ["status", "recovery"] as const) {
        const world = worldWith({ fault: "partial-results", ...always })
        const program = yield* (yield* programsOf(world))()
        const { handle } = yield* inTime(submitImages(program, 4))
        const end = yield* inTime(endOf(program, handle))
        expect(end).toMatchObject({ status: "succeed", outputs: 1, charges: 1 })
        world.state.faults.clear()
        yield* inTime(Effect.sleep("5 minutes"))
        yield* inTime(how === "status" ? program.jobs.status(handle) : program.recovery.run)
        expect(yield* program.ledger.get(handle)).toMatchObject({ state: "SUCCEEDED", outputs: { length: 4 } })
      }
    })
  )
})

describe("a bill that is late", () => {
  it.effect("does not delay the result, and is counted once it is known", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-bill", ...always })
      const program = yield* (yield* programsOf(world))()
      const { handle } = yield* inTime(submitVideo(program))
      expect(yield* inTime(endOf(program, handle))).toMatchObject({ outputs: 1, charges: 0 })
      world.state.faults.clear()
      yield* inTime(Effect.sleep("5 seconds"))
      const { task } = yield* inTime(program.jobs.status(handle))
      expect(task.charges).toEqual([{ kind: "unit", amount: 3, pack: "video" }])
      const reads = readsOf(world).length
      yield* TestClock.adjust("1 day")
      yield* inTime(program.jobs.status(handle))
      expect(readsOf(world)).toHaveLength(reads)
    })
  )
})
