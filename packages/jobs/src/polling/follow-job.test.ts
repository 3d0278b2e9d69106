import { describe, expect, it } from "@effect/vitest"
import { type CredentialKind, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Duration, Effect, Fiber, Option, Predicate, Result, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { JumpingClock } from "./testing/jumping-clock.ts"
import { type Program, programOver, programsOf, readsOf } from "./testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

/** Tasks that take their expected time, and slots for all of them. */
const worldInRealTime = () => new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1000 } } } })

const submitVideo = ({ jobs }: Program, prompt: string, credential: CredentialKind = "api-key") =>
  Effect.flatMap(planVideo({ prompt }, credential), (plan) => startJob(jobs, plan))

/** Waits until the job has ended; returns its status. */
const endOf = ({ jobs }: Program, handle: string) =>
  Effect.map(Stream.runLast(jobs.follow(handle)), (job) => Option.getOrThrow(job).task.status)

/** The reads at Kling when a number of programs with a number of waiters each follow one job. */
const readsWith = Effect.fnUntraced(function* (programs: number, waiters: number) {
  const world = worldInRealTime()
  const start = yield* programsOf(world)
  const all = yield* Effect.all(Array.from({ length: programs }, () => start()))
  const [first] = all
  if (first === undefined) return []
  const ends = Effect.gen(function* () {
    const { handle } = yield* submitVideo(first, "one video for all")
    const waiting = all.flatMap((program) => Array.from({ length: waiters }, () => endOf(program, handle)))
    return yield* Effect.all(waiting, { concurrency: "unbounded" })
  })
  const statuses = Result.getOrThrow(yield* inVirtualTime(ends))
  expect(new Set(statuses)).toEqual(new Set(["succeed"]))
  expect(statuses).toHaveLength(programs * waiters)
  return readsOf(world)
})

/** Kling reports this status for these tasks. */
const withStatus = (status: string, handles: ReadonlySet<string>) => (client: HttpClient.HttpClient) =>
  HttpClient.transformResponse(
    client,
    Effect.flatMap((response) =>
      Effect.map(response.text, (text) => {
        const body = JSON.stringify(JSON.parse(text), (_, value: unknown) =>
          Predicate.hasProperty(value, "external_id") && handles.has(String(value.external_id))
            ? { ...value, status }
            : value
        )
        return HttpClientResponse.fromWeb(response.request, new Response(body, { status: response.status }))
      })
    )
  )

describe("following a job", () => {
  it.effect("costs the same number of reads however many wait for it, in however many programs", () =>
    Effect.gen(function* () {
      const alone = yield* readsWith(1, 1)
      const together = yield* readsWith(4, 5)
      expect(alone.length).toBeGreaterThan(3)
      expect(alone.length).toBeLessThan(25)
      expect(together.length).toBeLessThanOrEqual(alone.length + 2)
    })
  )

  it.effect("continues when the program that has claimed the polls has died", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const start = yield* programsOf(world)
      const [dead, alive] = yield* Effect.all([start(), start()])
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submitVideo(dead, "orphaned")))
      // It claims every poll, and never persists a result.
      const claiming = yield* Effect.forkChild(
        Effect.forever(Effect.andThen(dead.ledger.claimPolls([handle], 0), Effect.sleep("100 millis")))
      )
      const waiting = yield* Effect.forkChild(endOf(alive, handle))
      yield* inVirtualTime(Effect.sleep("40 seconds"))
      expect(readsOf(world)).toEqual([])
      yield* Fiber.interrupt(claiming)
      expect(yield* inVirtualTime(Fiber.join(waiting))).toEqual(Result.succeed("succeed"))
    })
  )

  it.effect("of 300 jobs takes few reads per job", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const start = yield* programsOf(world)
      const program = yield* start()
      const prompts = Array.from({ length: 300 }, (_, index) => `video ${index}`)
      const ends = Effect.forEach(
        prompts,
        (prompt) => Effect.flatMap(submitVideo(program, prompt), ({ handle }) => endOf(program, handle)),
        { concurrency: "unbounded" }
      )
      const statuses = Result.getOrThrow(yield* inVirtualTime(ends))
      expect(statuses.filter((status) => status === "succeed")).toHaveLength(300)
      const reads = readsOf(world)
      expect(reads).toContain("POST /tasks")
      expect(reads.length / 300).toBeLessThan(0.15)
    })
  )

  it.effect("of 30 jobs with a key pair reads the list of their path", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const start = yield* programsOf(world, "key-pair")
      const program = yield* start()
      const prompts = Array.from({ length: 30 }, (_, index) => `video ${index}`)
      const ends = Effect.forEach(
        prompts,
        (prompt) => Effect.flatMap(submitVideo(program, prompt, "key-pair"), ({ handle }) => endOf(program, handle)),
        { concurrency: "unbounded" }
      )
      const statuses = Result.getOrThrow(yield* inVirtualTime(ends))
      expect(statuses.filter((status) => status === "succeed")).toHaveLength(30)
      const reads = readsOf(world)
      expect(reads).toContain("GET /v1/videos/text2video")
      expect(reads.length / 30).toBeLessThan(0.6)
    })
  )

  it.effect("continues after minutes in which Kling cannot be reached", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const { ledger } = yield* (yield* programsOf(world))()
      let isDown = false
      const intercept = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (response, request) =>
          isDown ? Effect.succeed(HttpClientResponse.fromWeb(request, new Response("", { status: 503 }))) : response
        )
      const program = yield* programOver(world, ledger, { intercept })
      const ended = Effect.gen(function* () {
        const { handle } = yield* submitVideo(program, "an outage")
        const waiting = yield* Effect.forkChild(endOf(program, handle))
        yield* Effect.sleep("10 seconds")
        isDown = true
        yield* Effect.sleep("5 minutes")
        isDown = false
        return yield* Fiber.join(waiting)
      })
      expect(yield* inVirtualTime(ended)).toEqual(Result.succeed("succeed"))
    })
  )

  it.effect("continues while Kling reports a status that klingkit does not know, as other jobs do", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const { ledger } = yield* (yield* programsOf(world))()
      const odd = new Set<string>()
      const program = yield* programOver(world, ledger, { intercept: withStatus("archived", odd) })
      const ends = Effect.gen(function* () {
        const jobs = yield* Effect.forEach(["first", "second", "third"], (prompt) => submitVideo(program, prompt))
        const waiting = jobs.map(({ handle }) => Effect.result(endOf(program, handle)))
        const ended = yield* Effect.forkChild(Effect.all(waiting, { concurrency: "unbounded" }))
        // From then on, one request reads all three.
        yield* Effect.sleep("15 seconds")
        for (const { handle } of jobs.slice(1)) odd.add(handle)
        yield* Effect.sleep("5 minutes")
        const seen = yield* Effect.forEach(jobs, ({ handle }) => program.jobs.status(handle))
        odd.clear()
        return { seen, ended: yield* Fiber.join(ended) }
      })
      const { seen, ended } = Result.getOrThrow(yield* inVirtualTime(ends))
      expect(seen.map(({ task }) => task.statusWord ?? task.status)).toEqual(["succeed", "archived", "archived"])
      expect(ended).toEqual([Result.succeed("succeed"), Result.succeed("succeed"), Result.succeed("succeed")])
    })
  )

  it.effect("records that it ended after it was submitted, even if Kling's clock is an hour slow", () =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 12))
      world.state.clockOffsetMs -= 3_600_000
      const program = yield* (yield* programsOf(world))()
      const ended = Effect.flatMap(submitVideo(program, "a slow clock"), ({ handle }) =>
        Effect.andThen(endOf(program, handle), program.ledger.get(handle))
      )
      const { createdAt, finishedAt = 0 } = Result.getOrThrow(yield* inVirtualTime(ended))
      expect((finishedAt - createdAt) / 1000).toBeGreaterThan(10)
      expect((finishedAt - createdAt) / 1000).toBeLessThan(300)
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("continues when the clock jumps by %i ms", (jump) =>
    Effect.gen(function* () {
      const world = worldInRealTime()
      const clock = new JumpingClock(yield* Clock.Clock)
      const ended = Effect.gen(function* () {
        const program = yield* (yield* programsOf(world))()
        const { handle } = yield* submitVideo(program, "a clock")
        const waiting = yield* Effect.forkChild(endOf(program, handle))
        yield* Effect.sleep("10 seconds")
        clock.jump(jump)
        // Kling's own clock has not jumped.
        world.state.clockOffsetMs -= jump
        return yield* Effect.timed(Fiber.join(waiting))
      }).pipe(Effect.provideService(Clock.Clock, clock))
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 12))
      const [took, status] = Result.getOrThrow(yield* inVirtualTime(ended))
      expect(status).toBe("succeed")
      expect(Duration.toSeconds(took)).toBeLessThan(150)
    })
  )
})
