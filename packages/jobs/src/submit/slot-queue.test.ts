import { describe, expect, it } from "@effect/vitest"
import { type Plan, planImage, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Clock, Effect, Fiber, Result, Stream } from "effect"
import { inVirtualTime } from "../files/testing/virtual-time.ts"
import { type Program, programsOf } from "../watch/testing/programs.ts"
import type { QueuePlace } from "./queue-place.ts"

const worldWith = (concurrency: number) =>
  new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency, units: 1e6 }, image: { concurrency } } } })

const film = (prompt: string, model = "kling-3.0") => planVideo({ prompt, model }, "api-key")

const submit = Effect.fnUntraced(function* ({ jobs }: Program, plan: Plan, places: Array<QueuePlace> = []) {
  const onQueued = (place: QueuePlace) => Effect.sync(() => void places.push(place))
  const { handle } = yield* jobs.submit(plan, { onQueued })
  return { handle, at: yield* Clock.currentTimeMillis }
})

/** The prompts in the order in which Kling has taken them. */
const takenBy = Effect.fnUntraced(function* (world: KlingWorld, ...programs: ReadonlyArray<Program>) {
  const pages = yield* Effect.forEach(programs, ({ jobs }) => jobs.history())
  const prompts = new Map(pages.flatMap((page) => page.jobs.map(({ handle, prompt }) => [handle, prompt] as const)))
  return [...world.state.tasks.newestFirst()].toReversed().map(({ externalId }) => prompts.get(externalId))
})

const creates = (world: KlingWorld) =>
  world.state.requests.rows.filter(({ method, path }) => method === "POST" && path !== "/tasks")

describe("requests beyond the parallel places", () => {
  it.effect("wait in the order in which they came, over all programs, and know their place and time", () =>
    Effect.gen(function* () {
      const world = worldWith(2)
      const start = yield* programsOf(world)
      const [one, other] = yield* Effect.all([start(), start()])
      const places: Array<QueuePlace> = []
      const all = Effect.gen(function* () {
        const sent = []
        for (let index = 0; index < 6; index++) {
          const program = index % 2 === 0 ? one : other
          const plan = yield* film(`film ${index}`)
          sent.push(yield* Effect.forkChild(submit(program, plan, index === 5 ? places : [])))
          yield* Effect.sleep("2 seconds")
        }
        return yield* Fiber.joinAll(sent)
      })
      const sent = Result.getOrThrow(yield* inVirtualTime(all))
      expect(sent.map(({ handle }) => handle)).toHaveLength(6)
      expect(yield* takenBy(world, one)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `film ${index}`))
      expect(places.map(({ position }) => position)).toEqual([4, 3, 2, 1])
      const [first] = places
      expect(first?.aboutSeconds).toBeGreaterThan(30)
      expect(first?.aboutSeconds).toBeLessThan(240)
      // Nobody spins: what is refused is refused once a probe.
      expect(creates(world).length).toBeLessThan(20)
    })
  )

  it.effect("do not hold up other models", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const program = yield* (yield* programsOf(world))()
      const others = Effect.gen(function* () {
        yield* submit(program, yield* film("running"))
        yield* Effect.forkChild(submit(program, yield* film("waiting")))
        yield* Effect.sleep("3 seconds")
        const before = yield* Clock.currentTimeMillis
        const film26 = yield* submit(program, yield* film("another model", "kling-2.6"))
        const picture = yield* submit(program, yield* planImage({ prompt: "a picture" }))
        return [film26.at - before, picture.at - before]
      })
      const waits = Result.getOrThrow(yield* inVirtualTime(others))
      expect(waits.every((millis) => millis < 1000)).toBe(true)
      expect(yield* takenBy(world, program)).toEqual(["running", "another model", "a picture"])
    })
  )

  it.effect("are served fairly, whoever asks for most", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const start = yield* programsOf(world)
      const [anna, ben] = yield* Effect.all([start("anna"), start("ben")])
      const all = Effect.gen(function* () {
        const sent = []
        for (const prompt of ["a1", "a2", "a3", "a4"]) {
          sent.push(yield* Effect.forkChild(submit(anna, yield* film(prompt))))
          yield* Effect.sleep("1 second")
        }
        sent.push(yield* Effect.forkChild(submit(ben, yield* film("b1"))))
        return yield* Fiber.joinAll(sent)
      })
      yield* inVirtualTime(all)
      expect(yield* takenBy(world, anna, ben)).toEqual(["a1", "b1", "a2", "a3", "a4"])
    })
  )

  it.effect("learn how many places there are, and notice when there are more", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const program = yield* (yield* programsOf(world))()
      const all = Effect.gen(function* () {
        yield* submit(program, yield* film("first"))
        const second = yield* Effect.forkChild(submit(program, yield* film("second")))
        yield* Effect.sleep("5 seconds")
        const refused = creates(world).length
        const third = yield* Effect.forkChild(submit(program, yield* film("third")))
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

  it.effect("show their place to whoever asks for the job", () =>
    Effect.gen(function* () {
      const world = worldWith(1)
      const start = yield* programsOf(world)
      const [program, another] = yield* Effect.all([start(), start()])
      const all = Effect.gen(function* () {
        yield* submit(program, yield* film("running"))
        const told = yield* program.jobs.submit(yield* film("waiting"), { answerWithinSeconds: 1.5 })
        const status = yield* another.jobs.status(told.handle)
        const [followed] = yield* Stream.runCollect(Stream.take(another.jobs.follow(told.handle), 1))
        return [told, status, followed].map((job) => job?.place)
      })
      const places = Result.getOrThrow(yield* inVirtualTime(all))
      expect(places.map((place) => place?.position)).toEqual([1, 1, 1])
      expect(places.every((place) => (place?.aboutSeconds ?? 0) > 10)).toBe(true)
    })
  )
})
