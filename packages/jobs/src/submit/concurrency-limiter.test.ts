import { describe, expect, it } from "@effect/vitest"
import { type Plan, planImage, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Effect, Fiber, Result, Stream } from "effect"
import { type Program, programsOf } from "../polling/testing/programs.ts"
import type { QueuePosition } from "../job.ts"
import { startJob } from "./testing/start-job.ts"

const worldWith = (concurrency: number) =>
  new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency, units: 1e6 }, image: { concurrency } } } })

const video = (prompt: string, model = "kling-3.0") => planVideo({ prompt, model }, "api-key")

const submit = Effect.fnUntraced(function* ({ jobs }: Program, plan: Plan, positions: Array<QueuePosition> = []) {
  const onQueued = (position: QueuePosition) => Effect.sync(() => void positions.push(position))
  const { handle } = yield* startJob(jobs, plan, { onQueued })
  return { handle, at: yield* Clock.currentTimeMillis }
})

/** The prompts in the order in which Kling has accepted them. */
const acceptedBy = Effect.fnUntraced(function* (world: KlingWorld, ...programs: ReadonlyArray<Program>) {
  const pages = yield* Effect.forEach(programs, ({ jobs }) => jobs.history())
  const prompts = new Map(pages.flatMap((page) => page.jobs.map(({ handle, prompt }) => [handle, prompt] as const)))
  return [...world.state.tasks.newestFirst()].toReversed().map(({ externalId }) => prompts.get(externalId))
})

const creates = (world: KlingWorld) =>
  world.state.requests.rows.filter(({ method, path }) => method === "POST" && path !== "/tasks")

describe("requests beyond the concurrency limit", () => {
  it.effect("wait in order of arrival across all programs, and know their position and time", () =>
    Effect.gen(function* () {
      const world = worldWith(2)
      const start = yield* programsOf(world)
      const [one, other] = yield* Effect.all([start(), start()])
      const positions: Array<QueuePosition> = []
      const all = Effect.gen(function* () {
        const sent = []
        for (let index = 0; index < 6; index++) {
          const program = index % 2 === 0 ? one : other
          const plan = yield* video(`video ${index}`)
          sent.push(yield* Effect.forkChild(submit(program, plan, index === 5 ? positions : [])))
          yield* Effect.sleep("2 seconds")
        }
        return yield* Fiber.joinAll(sent)
      })
      const sent = Result.getOrThrow(yield* inVirtualTime(all))
      expect(sent.map(({ handle }) => handle)).toHaveLength(6)
      expect(yield* acceptedBy(world, one)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `video ${index}`))
      expect(positions.map(({ position }) => position)).toEqual([4, 3, 2, 1])
      const [first] = positions
      expect(first?.aboutSeconds).toBeGreaterThan(30)
      expect(first?.aboutSeconds).toBeLessThan(240)
      // No request is retried in a loop: each is refused at most once per probe.
      expect(creates(world).length).toBeLessThan(20)
    })
  )

  it.effect("do not hold up other models", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const program = yield* (yield* programsOf(world))()
      const others = Effect.gen(function* () {
        yield* submit(program, yield* video("running"))
        yield* Effect.forkChild(submit(program, yield* video("waiting")))
        yield* Effect.sleep("3 seconds")
        const before = yield* Clock.currentTimeMillis
        const other = yield* submit(program, yield* video("another model", "kling-2.6"))
        const image = yield* submit(program, yield* planImage({ prompt: "an image" }))
        return [other.at - before, image.at - before]
      })
      const waits = Result.getOrThrow(yield* inVirtualTime(others))
      expect(waits.every((millis) => millis < 1000)).toBe(true)
      expect(yield* acceptedBy(world, program)).toEqual(["running", "another model", "an image"])
    })
  )

  it.effect("are served fairly, however many requests one principal has", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const start = yield* programsOf(world)
      const [anna, ben] = yield* Effect.all([start("anna"), start("ben")])
      const all = Effect.gen(function* () {
        const sent = []
        for (const prompt of ["a1", "a2", "a3", "a4"]) {
          sent.push(yield* Effect.forkChild(submit(anna, yield* video(prompt))))
          yield* Effect.sleep("1 second")
        }
        sent.push(yield* Effect.forkChild(submit(ben, yield* video("b1"))))
        return yield* Fiber.joinAll(sent)
      })
      yield* inVirtualTime(all)
      expect(yield* acceptedBy(world, anna, ben)).toEqual(["a1", "b1", "a2", "a3", "a4"])
    })
  )

  it.effect("learn the concurrency limit, and notice when it is raised", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const program = yield* (yield* programsOf(world))()
      const all = Effect.gen(function* () {
        yield* submit(program, yield* video("first"))
        const second = yield* Effect.forkChild(submit(program, yield* video("second")))
        yield* Effect.sleep("5 seconds")
        const refused = creates(world).length
        const third = yield* Effect.forkChild(submit(program, yield* video("third")))
        yield* Effect.sleep("5 seconds")
        expect(creates(world).length).toBe(refused)
        world.state.packs.video.concurrency = 3
        const from = yield* Clock.currentTimeMillis
        const sent = yield* Fiber.joinAll([second, third])
        return sent.map(({ at }) => at - from)
      })
      const waits = Result.getOrThrow(yield* inVirtualTime(all))
      expect(Math.max(...waits)).toBeLessThan(62_000)
      expect(world.state.tasks.size).toBe(3)
    })
  )

  it.effect("move up at once when the first in the queue is sent", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const program = yield* (yield* programsOf(world))()
      const all = Effect.gen(function* () {
        yield* submit(program, yield* video("running"))
        const second = yield* Effect.forkChild(submit(program, yield* video("second")))
        yield* Effect.sleep("500 millis")
        let movedUpAt = 0
        const onQueued = ({ position }: QueuePosition) =>
          position > 1 ? Effect.void : Effect.map(Clock.currentTimeMillis, (now) => void (movedUpAt = now))
        const third = yield* Effect.forkChild(startJob(program.jobs, yield* video("third"), { onQueued }))
        const { at } = yield* Fiber.join(second)
        yield* Effect.sleep("2 seconds")
        yield* Fiber.interrupt(third)
        return movedUpAt - at
      })
      expect(Result.getOrThrow(yield* inVirtualTime(all))).toBeLessThan(300)
    })
  )

  it.effect("show their position in the status of their job", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const start = yield* programsOf(world)
      const [program, another] = yield* Effect.all([start(), start()])
      const all = Effect.gen(function* () {
        yield* submit(program, yield* video("running"))
        const submitted = yield* startJob(program.jobs, yield* video("waiting"), { answerWithin: "1.5 seconds" })
        const status = yield* another.jobs.status(submitted.handle)
        const [followed] = yield* Stream.runCollect(Stream.take(another.jobs.follow(submitted.handle), 1))
        return [submitted, status, followed].map((job) => job?.queuePosition)
      })
      const positions = Result.getOrThrow(yield* inVirtualTime(all))
      expect(positions.map((queued) => queued?.position)).toEqual([1, 1, 1])
      expect(positions.every((queued) => (queued?.aboutSeconds ?? 0) > 10)).toBe(true)
    })
  )
})
