import { describe, expect, it } from "@effect/vitest"
import { planVideo, type TaskOperation } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Duration, Effect, Fiber, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { JobRecord } from "../ledger/job-record.ts"
import type { JobState } from "../ledger/job-state.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { sampleOperations } from "../pipelines/testing/sample-pipeline.ts"
import { charged, ended, injectFault, makeHome, program, runSample } from "../pipelines/testing/programs.ts"
import { JumpingClock } from "../polling/testing/jumping-clock.ts"
import { type Program, programOver, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

const worldWith = (...faults: ReadonlyArray<Fault>) =>
  new KlingWorld({ speed: 1, faults: { faults, packs: { video: { concurrency: 1000, units: 100_000 } } } })

const submitVideo = ({ jobs }: Pick<Program, "jobs">, prompt: string) =>
  Effect.flatMap(planVideo({ prompt }, "api-key"), (plan) => startJob(jobs, plan))

const follow = ({ jobs }: Program, handle: string) => Effect.forkChild(Stream.runDrain(jobs.follow(handle)))

/** Waits for a video for as long as the test runs: it belongs to a task that stays in processing. */
const waitForOther = Effect.fnUntraced(function* (program: Program) {
  const { handle } = yield* submitVideo(program, "never ends")
  yield* follow(program, handle)
  return handle
})

const neverEnds: Fault = { fault: "never-ends" }

let takes = 0

/** A request that a program of the past has left in this state; Kling has its task only if it is `sent`. */
const orphaned = Effect.fnUntraced(function* (
  { ledger, kling }: Program,
  state: JobState,
  { sent = false }: { readonly sent?: boolean } = {}
) {
  const { operation, input } = yield* planVideo({ prompt: `orphaned ${state}` }, "api-key")
  const { account } = kling
  const lease = { owner: "crashed", fence: 1 }
  const asking = sampleJob({ account, input, take: (takes += 1), lease: { owner: "crashed", seconds: 30 } })
  const { job } = yield* ledger.createJob(asking)
  const path: ReadonlyArray<JobState> = ["INTENT", "SENDING", "IN_DOUBT", "UNKNOWN"]
  for (let step = 1; step <= path.indexOf(state); step++) {
    yield* ledger.transition(job.handle, [path[step - 1] ?? state], path[step] ?? state, { lease })
  }
  if (sent) yield* kling.submit(operation as TaskOperation, input, { externalTaskId: job.handle })
  return job.handle
})

const statesOf = ({ ledger }: Program, handles: ReadonlyArray<string>) =>
  Effect.forEach(handles, (handle) => Effect.map(ledger.get(handle), ({ state }) => state))

const isHeldAt = (now: number, { lease }: JobRecord) => lease !== undefined && lease.until > now

describe("the same command at once, after its process was killed", () => {
  it.effect("while a step is on its way to Kling finishes the pipeline, and pays each step once", () =>
    Effect.gen(function* () {
      const home = yield* makeHome
      yield* injectFault(home, { fault: "slow", delayMs: 20_000, on: "legacy.images.generations" })
      const key = { idempotencyKey: "the sample" }
      const killed = program(home)
      const first = yield* Effect.forkChild(ended(runSample(key), killed))
      yield* inVirtualTime(Effect.sleep("5 seconds"))
      yield* killed.crash
      yield* Fiber.join(first)
      const again = yield* inVirtualTime(Effect.timed(ended(runSample(key), program(home))))
      const [took, job] = Result.getOrThrow(again)
      expect(job).toMatchObject({ value: { task: { status: "succeed" } } })
      expect((yield* charged(home)).operations.toSorted()).toEqual(sampleOperations.toSorted())
      // The lease of the dead process, the lookup, and the steps themselves.
      expect(Duration.toSeconds(took)).toBeLessThan(120)
    })
  )
})

describe("recovery", () => {
  it.effect("gives every orphaned request its turn, however many there are, while a program waits for another", () =>
    Effect.gen(function* () {
      const world = worldWith(neverEnds)
      const waiting = yield* (yield* programsOf(world))()
      const count = Array.from({ length: 30 })
      const each = Effect.gen(function* () {
        yield* waitForOther(waiting)
        const inDoubt = yield* Effect.forEach(count, () => orphaned(waiting, "IN_DOUBT", { sent: true }))
        const unsent = yield* Effect.forEach(count, () => orphaned(waiting, "INTENT"))
        const sending = yield* Effect.forEach(count, () => orphaned(waiting, "SENDING"))
        // Never more at a time than can be looked up before their leases end.
        let most = 0
        const watching = Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const { jobs } = yield* waiting.ledger.list({ states: ["IN_DOUBT", "SENDING"], limit: 100 })
          most = Math.max(most, jobs.filter((job) => isHeldAt(now, job) && job.lease?.owner !== "crashed").length)
          yield* Effect.sleep("1 second")
        })
        yield* Effect.forkChild(Effect.forever(watching))
        yield* Effect.sleep("5 minutes")
        expect(new Set(yield* statesOf(waiting, unsent))).toEqual(new Set(["REFUSED"]))
        expect(yield* statesOf(waiting, inDoubt)).not.toContain("IN_DOUBT")
        expect(yield* statesOf(waiting, inDoubt)).not.toContain("UNKNOWN")
        expect(new Set(yield* statesOf(waiting, sending))).toEqual(new Set(["ACCEPTED"]))
        expect(most).toBeGreaterThan(0)
        expect(most).toBeLessThanOrEqual(4)
      })
      expect((yield* inVirtualTime(each))._tag).toBe("Success")
      // The one that never ends, and one of each that had been sent.
      expect(world.state.tasks.size).toBe(61)
    })
  )

  it.effect("adopts a task that turns up late, behind many that never do", () =>
    Effect.gen(function* () {
      const world = worldWith(neverEnds)
      const waiting = yield* (yield* programsOf(world))()
      const late = Effect.gen(function* () {
        yield* waitForOther(waiting)
        yield* Effect.forEach(Array.from({ length: 50 }), () => orphaned(waiting, "UNKNOWN"))
        const handle = yield* orphaned(waiting, "UNKNOWN")
        yield* Effect.sleep("1 minute")
        const { operation, input } = yield* planVideo({ prompt: "late" }, "api-key")
        yield* waiting.kling.submit(operation as TaskOperation, input, { externalTaskId: handle })
        yield* Effect.sleep("6 minutes")
        return yield* statesOf(waiting, [handle])
      })
      expect(yield* inVirtualTime(late)).toEqual(Result.succeed(["ACCEPTED"]))
    })
  )

  it.effect("of several programs on a ledger recovers each request once", () =>
    Effect.gen(function* () {
      const world = worldWith(neverEnds)
      const start = yield* programsOf(world)
      const [first, second] = yield* Effect.all([start(), start()])
      const rows = Effect.gen(function* () {
        const unrelated = yield* waitForOther(first)
        yield* follow(second, unrelated)
        const handles = yield* Effect.forEach(Array.from({ length: 8 }), () => orphaned(first, "SENDING"))
        yield* Effect.sleep("3 minutes")
        return yield* Effect.forEach(handles, (handle) => first.ledger.get(handle))
      })
      for (const row of Result.getOrThrow(yield* inVirtualTime(rows))) {
        expect(row).toMatchObject({ state: "ACCEPTED", sends: 2 })
      }
      expect(world.state.tasks.size).toBe(9)
    })
  )

  it.effect("takes no request from its own process, even if its lease could not be renewed", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "late-visibility", seconds: 50 }, { fault: "commit-then-hang" })
      const { ledger } = yield* (yield* programsOf(world))()
      const renew: typeof ledger.renew = () => Effect.void
      const program = yield* programOver(world, { ...ledger, renew })
      const leases = Effect.gen(function* () {
        const answer = yield* Effect.forkChild(submitVideo(program, "slow"))
        yield* Effect.sleep("45 seconds")
        const { jobs } = yield* ledger.list({ states: ["SENDING", "IN_DOUBT"] })
        yield* Fiber.join(answer)
        return jobs.map(({ lease }) => lease?.fence)
      })
      expect(yield* inVirtualTime(leases)).toEqual(Result.succeed([1]))
    })
  )

  it.effect("reads the ledger only while it is used, and in a server from then on", () =>
    Effect.gen(function* () {
      const readsAfter = Effect.fnUntraced(function* (isLongRunning: boolean) {
        const world = worldWith(neverEnds)
        const { ledger } = yield* (yield* programsOf(world))()
        let reads = 0
        const counting: typeof ledger = {
          ...ledger,
          nextRecoveryAt: (filter) => Effect.suspend(() => ((reads += 1), ledger.nextRecoveryAt(filter)))
        }
        const program = yield* programOver(world, counting, { isLongRunning })
        yield* inVirtualTime(Stream.runDrain(program.jobs.list()))
        const unused = reads
        const { handle } = Result.getOrThrow(yield* inVirtualTime(submitVideo(program, "once")))
        yield* inVirtualTime(program.jobs.status(handle))
        // Recovery has work, but its lease has not ended.
        yield* orphaned(program, "UNKNOWN")
        yield* inVirtualTime(Effect.sleep("61 seconds"))
        yield* orphaned(program, "UNKNOWN")
        yield* inVirtualTime(program.jobs.status(handle))
        const used = reads
        yield* inVirtualTime(Effect.sleep("3 minutes"))
        return { unused, isUsed: used > 0, idle: reads - used }
      })
      expect(yield* readsAfter(false)).toEqual({ unused: 0, isUsed: true, idle: 0 })
      const server = yield* readsAfter(true)
      expect(server).toMatchObject({ unused: 0, isUsed: true })
      // At least every 30 s, and never in a loop without a pause.
      expect(server.idle).toBeGreaterThanOrEqual(5)
      expect(server.idle).toBeLessThan(20)
    })
  )
})

describe.each([-3_600_000, 3_600_000])("a clock that jumps by %i ms", (jump) => {
  it.effect("takes no request from the living process that sends it", () =>
    Effect.gen(function* () {
      const world = worldWith(neverEnds, { fault: "slow", delayMs: 40_000, nth: 2 })
      const clock = new JumpingClock(yield* Clock.Clock)
      const sent = Effect.gen(function* () {
        const start = yield* programsOf(world)
        const [sending, other] = yield* Effect.all([start(), start()])
        const unrelated = yield* waitForOther(other)
        const answer = yield* Effect.forkChild(submitVideo(sending, "slow"))
        yield* Effect.sleep("14 seconds")
        clock.jump(jump)
        world.state.clockOffsetMs -= jump
        // Both programs look at the ledger before the lease is renewed by the new time.
        yield* follow(sending, unrelated)
        yield* follow(other, unrelated)
        yield* Effect.sleep("3 seconds")
        const { jobs } = yield* other.ledger.list({ states: ["SENDING"] })
        yield* Fiber.join(answer)
        return jobs.map(({ lease }) => lease?.fence)
      }).pipe(Effect.provideService(Clock.Clock, clock))
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 12))
      expect(yield* inVirtualTime(sent)).toEqual(Result.succeed([1]))
      expect(world.state.tasks.size).toBe(2)
    })
  )

  it.effect("delays the recovery of what a dead process has left by a minute at most", () =>
    Effect.gen(function* () {
      const world = worldWith(neverEnds)
      const clock = new JumpingClock(yield* Clock.Clock)
      const recovered = Effect.gen(function* () {
        const waiting = yield* (yield* programsOf(world))()
        yield* waitForOther(waiting)
        const handle = yield* orphaned(waiting, "IN_DOUBT", { sent: true })
        yield* Effect.sleep("5 seconds")
        clock.jump(jump)
        world.state.clockOffsetMs -= jump
        yield* Effect.sleep("90 seconds")
        return yield* statesOf(waiting, [handle])
      }).pipe(Effect.provideService(Clock.Clock, clock))
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 12))
      expect(yield* inVirtualTime(recovered)).toEqual(Result.succeed(["ACCEPTED"]))
    })
  )
})
