import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { Clock, Effect, Fiber, Option, Redacted, Result, Stream } from "effect"
import { inVirtualTime } from "../files/testing/virtual-time.ts"
import { deliverCalls, signedCall } from "./testing/kling-calls.ts"
import { type Program, programsOf, readsOf } from "./testing/programs.ts"

const worldWith = (...faults: ReadonlyArray<Fault>) => new KlingWorld({ speed: 1, faults: { faults } })
/** Worlds whose tasks end at different moments: none is seen in time by luck. */
const seeds = [3, 4, 5]

const submitFilm = ({ jobs }: Program) =>
  Effect.flatMap(planVideo({ prompt: "a cat", callbackUrl: "https://example.com/done" }, "api-key"), (plan) =>
    jobs.submit(plan)
  )

/** The job as it ended, and how long after its task. */
const endOf = Effect.fnUntraced(function* ({ jobs }: Program, world: KlingWorld, handle: string) {
  const { task, record } = Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
  const [emulated] = world.state.tasks.byExternalId(handle)
  const lateMillis = (yield* Clock.currentTimeMillis) - (emulated?.endsAt ?? 0)
  return { status: task.status, outputs: task.outputs.length, state: record?.state, lateMillis }
})

/** A film that is waited for while Kling's calls reach one program. */
const waitedFor = Effect.fnUntraced(function* (world: KlingWorld, where: "here" | "elsewhere") {
  const start = yield* programsOf(world)
  const [called, other] = yield* Effect.all([start(), start()])
  const waiting = Effect.gen(function* () {
    yield* Effect.forkChild(deliverCalls(world, (call) => called.jobs.receiveCallback(call)))
    const { handle } = yield* submitFilm(called)
    return yield* endOf(where === "here" ? called : other, world, handle)
  })
  return Result.getOrThrow(yield* inVirtualTime(waiting))
})

/** A job that Kling has accepted, and what its row is in the end. */
const accepted = Effect.gen(function* () {
  const world = worldWith()
  const program = yield* (yield* programsOf(world))()
  const { handle, task } = Result.getOrThrow(yield* inVirtualTime(submitFilm(program)))
  const call = (status: string, more: Readonly<Record<string, unknown>> = {}) => ({
    id: task.id,
    external_id: handle,
    status,
    create_time: 1,
    update_time: 2,
    ...(status === "succeeded"
      ? { outputs: [{ type: "video", url: "https://example.com/1.mp4", duration: "5" }] }
      : {}),
    ...more
  })
  const receiveCallback: Program["jobs"]["receiveCallback"] = (received) => program.jobs.receiveCallback(received)
  return { world, handle, call, receiveCallback, row: program.ledger.get(handle) }
})

describe("a call of Kling", () => {
  it.effect("wakes who waits at once, and makes looks rare", () =>
    Effect.gen(function* () {
      for (const seed of seeds) {
        const world = new KlingWorld({ seed, speed: 1 })
        const end = yield* waitedFor(world, "here")
        expect(end).toMatchObject({ status: "succeed", outputs: 1, state: "SUCCEEDED" })
        expect(end.lateMillis).toBeLessThan(1000)
        expect(readsOf(world).length).toBeLessThanOrEqual(3)
      }
    })
  )

  it.effect("is seen by another program too", () =>
    Effect.gen(function* () {
      for (const seed of seeds) {
        const world = new KlingWorld({ seed, speed: 1 })
        const end = yield* waitedFor(world, "elsewhere")
        expect(end).toMatchObject({ status: "succeed", outputs: 1 })
        expect(end.lateMillis).toBeLessThan(10_000)
        expect(readsOf(world).length).toBeLessThanOrEqual(3)
      }
    })
  )

  it.effect("that is lost is made up for within a minute", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "callback-lost", nth: 3 })
      const end = yield* waitedFor(world, "here")
      expect(end).toMatchObject({ status: "succeed", outputs: 1 })
      expect(end.lateMillis).toBeLessThan(60_000)
    })
  )

  it.effect("that comes twice, late or before Kling's answer is one step", () =>
    Effect.gen(function* () {
      const world = worldWith(
        { fault: "slow", delayMs: 20_000 },
        { fault: "callback-twice", count: "always" },
        { fault: "callback-late", seconds: 30, nth: 2 }
      )
      const end = yield* waitedFor(world, "here")
      expect(end).toMatchObject({ status: "succeed", outputs: 1, state: "SUCCEEDED" })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("of an older state changes nothing", () =>
    Effect.gen(function* () {
      const { world, call, receiveCallback, row } = yield* accepted
      const receive = (body: unknown) => Effect.flatMap(signedCall(world, body), receiveCallback)
      expect(yield* receive(call("succeeded"))).toBe(true)
      const { updatedAt: _, calledAt: __, ...ended } = yield* row
      expect(ended).toMatchObject({ state: "SUCCEEDED", outputs: [{ type: "video" }] })
      for (const status of ["processing", "submitted", "failed", "melted", "succeeded"]) {
        expect(yield* receive(call(status, { outputs: [] }))).toBe(true)
      }
      expect(yield* row).toMatchObject(ended)
    })
  )

  it.effect("that Kling has not signed, or not now, changes nothing", () =>
    Effect.gen(function* () {
      const { world, call, receiveCallback, row } = yield* accepted
      const before = yield* row
      const good = yield* signedCall(world, call("succeeded"))
      const forged = yield* signedCall(world, call("succeeded"), { secret: `whsec_${btoa("of somebody else")}` })
      const refusal = (received: typeof good) => Effect.map(Effect.flip(receiveCallback(received)), ({ code }) => code)
      expect(yield* refusal(forged)).toBe("CALLBACK_FORGED")
      expect(yield* refusal({ ...good, headers: {} })).toBe("CALLBACK_UNSIGNED")
      expect(yield* refusal({ ...good, body: `${String(good.body)} ` })).toBe("CALLBACK_FORGED")
      expect(yield* refusal({ ...good, secrets: [] })).toBe("CALLBACK_NO_SECRET")
      expect(yield* refusal({ ...good, secrets: [Redacted.make("nonsense!")] })).toBe("CALLBACK_UNUSABLE_SECRET")
      expect(yield* refusal(yield* signedCall(world, "not a task"))).toBe("CALLBACK_UNREADABLE")
      yield* inVirtualTime(Effect.sleep("302 seconds"))
      expect(yield* refusal(good)).toBe("CALLBACK_OUT_OF_TIME")
      expect(yield* row).toEqual(before)
    })
  )

  it.effect("about a task of others, or another under the same id, is none of ours", () =>
    Effect.gen(function* () {
      const { world, call, receiveCallback, row } = yield* accepted
      const receive = (body: unknown) => Effect.flatMap(signedCall(world, body), receiveCallback)
      expect(yield* receive(call("succeeded", { external_id: "somebody-elses" }))).toBe(false)
      expect(yield* receive(call("succeeded", { id: "999" }))).toBe(false)
      expect((yield* row).state).toBe("ACCEPTED")
    })
  )

  it.effect("that cannot be written down is an error, so that Kling may call again", () =>
    Effect.gen(function* () {
      const world = worldWith()
      const program = yield* (yield* programsOf(world))()
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submitFilm(program)))
      const closed = yield* Effect.scoped((yield* programsOf(world))())
      const call = yield* signedCall(world, { id: "1", external_id: handle, status: "succeeded" })
      const failing = yield* Effect.forkChild(Effect.flip(closed.jobs.receiveCallback(call)))
      expect((yield* Fiber.join(failing)).code).toBe("LEDGER_STORAGE_FAILED")
    })
  )
})
