import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { type Fault, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Effect, Fiber, Option, Redacted, Result, Stream } from "effect"
import { deliverCallbacks, signedCallback } from "./testing/kling-callbacks.ts"
import { type Program, programOver, programsOf, readsOf } from "./testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

const worldWith = (...faults: ReadonlyArray<Fault>) => new KlingWorld({ speed: 1, faults: { faults } })
/** Worlds whose tasks end at different times, so that no poll is on time by luck. */
const seeds = [3, 4, 5]

const submitVideo = ({ jobs }: Program) =>
  Effect.flatMap(planVideo({ prompt: "a cat", callbackUrl: "https://example.com/done" }, "api-key"), (plan) =>
    startJob(jobs, plan)
  )

/** The job as it ended, and how long after its task. */
const endOf = Effect.fnUntraced(function* ({ jobs }: Program, world: KlingWorld, handle: string) {
  const { task, record } = Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
  const [emulated] = world.state.tasks.byExternalId(handle)
  const lateMillis = (yield* Clock.currentTimeMillis) - (emulated?.endsAt ?? 0)
  return { status: task.status, outputs: task.outputs.length, state: record?.state, lateMillis }
})

/** A video that a program waits for, while the callbacks of Kling arrive at one program. */
const waitFor = Effect.fnUntraced(function* (world: KlingWorld, where: "here" | "elsewhere") {
  const start = yield* programsOf(world)
  const [called, other] = yield* Effect.all([start(), start()])
  const waiting = Effect.gen(function* () {
    yield* Effect.forkChild(deliverCallbacks(world, (callback) => called.jobs.receiveCallback(callback)))
    const { handle } = yield* submitVideo(called)
    return yield* endOf(where === "here" ? called : other, world, handle)
  })
  return Result.getOrThrow(yield* inVirtualTime(waiting))
})

/** A job that Kling has accepted, and its row. */
const accepted = Effect.gen(function* () {
  const world = worldWith()
  const program = yield* (yield* programsOf(world))()
  const { handle, task } = Result.getOrThrow(yield* inVirtualTime(submitVideo(program)))
  const callbackBody = (status: string, more: Readonly<Record<string, unknown>> = {}) => ({
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
  return { world, handle, callbackBody, receiveCallback, row: program.ledger.get(handle) }
})

describe("a callback of Kling", () => {
  it.effect("ends the wait immediately, and makes polls rare", () =>
    Effect.gen(function* () {
      for (const seed of seeds) {
        const world = new KlingWorld({ seed, speed: 1 })
        const end = yield* waitFor(world, "here")
        expect(end).toMatchObject({ status: "succeed", outputs: 1, state: "SUCCEEDED" })
        expect(end.lateMillis).toBeLessThan(1000)
        expect(readsOf(world).length).toBeLessThanOrEqual(3)
      }
    })
  )

  it.effect("is noticed by another program too", () =>
    Effect.gen(function* () {
      for (const seed of seeds) {
        const world = new KlingWorld({ seed, speed: 1 })
        const end = yield* waitFor(world, "elsewhere")
        expect(end).toMatchObject({ status: "succeed", outputs: 1 })
        expect(end.lateMillis).toBeLessThan(10_000)
        expect(readsOf(world).length).toBeLessThanOrEqual(3)
      }
    })
  )

  it.effect("ends the wait of another caller of the same server immediately", () =>
    Effect.gen(function* () {
      for (const seed of seeds) {
        const world = new KlingWorld({ seed, speed: 1 })
        const server = yield* (yield* programsOf(world))()
        const anna = yield* programOver(world, server.ledger, { principal: "key:anna" })
        const waiting = Effect.gen(function* () {
          yield* Effect.forkChild(deliverCallbacks(world, (callback) => server.jobs.receiveCallback(callback)))
          const { handle } = yield* submitVideo(anna)
          return yield* endOf(anna, world, handle)
        })
        const end = Result.getOrThrow(yield* inVirtualTime(waiting))
        expect(end).toMatchObject({ status: "succeed", outputs: 1, state: "SUCCEEDED" })
        expect(end.lateMillis).toBeLessThan(1000)
      }
    })
  )

  it.effect("that is lost is compensated by a poll within a minute", () =>
    Effect.gen(function* () {
      const world = worldWith({ fault: "callback-lost", nth: 3 })
      const end = yield* waitFor(world, "here")
      expect(end).toMatchObject({ status: "succeed", outputs: 1 })
      expect(end.lateMillis).toBeLessThan(60_000)
    })
  )

  it.effect("that arrives twice, late or before the answer of Kling counts once", () =>
    Effect.gen(function* () {
      const world = worldWith(
        { fault: "slow", delayMs: 20_000 },
        { fault: "callback-twice", count: "always" },
        { fault: "callback-late", seconds: 30, nth: 2 }
      )
      const end = yield* waitFor(world, "here")
      expect(end).toMatchObject({ status: "succeed", outputs: 1, state: "SUCCEEDED" })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("of an older state changes nothing", () =>
    Effect.gen(function* () {
      const { world, callbackBody, receiveCallback, row } = yield* accepted
      const receive = (body: unknown) => Effect.flatMap(signedCallback(world, body), receiveCallback)
      expect(yield* receive(callbackBody("succeeded"))).toBe(true)
      const { updatedAt: _, callbackReceivedAt: __, ...ended } = yield* row
      expect(ended).toMatchObject({ state: "SUCCEEDED", outputs: [{ type: "video" }] })
      for (const status of ["processing", "submitted", "failed", "melted", "succeeded"]) {
        expect(yield* receive(callbackBody(status, { outputs: [] }))).toBe(true)
      }
      expect(yield* row).toMatchObject(ended)
    })
  )

  it.effect("that Kling has not signed, or not recently, changes nothing", () =>
    Effect.gen(function* () {
      const { world, callbackBody, receiveCallback, row } = yield* accepted
      const before = yield* row
      const good = yield* signedCallback(world, callbackBody("succeeded"))
      const forged = yield* signedCallback(world, callbackBody("succeeded"), {
        secret: `whsec_${btoa("of another account")}`
      })
      const refusal = (received: typeof good) => Effect.map(Effect.flip(receiveCallback(received)), ({ code }) => code)
      expect(yield* refusal(forged)).toBe("CALLBACK_FORGED")
      expect(yield* refusal({ ...good, headers: {} })).toBe("CALLBACK_UNSIGNED")
      expect(yield* refusal({ ...good, body: `${String(good.body)} ` })).toBe("CALLBACK_FORGED")
      expect(yield* refusal({ ...good, secrets: [] })).toBe("CALLBACK_NO_SECRET")
      expect(yield* refusal({ ...good, secrets: [Redacted.make("nonsense!")] })).toBe("CALLBACK_UNUSABLE_SECRET")
      expect(yield* refusal(yield* signedCallback(world, "not a task"))).toBe("CALLBACK_UNREADABLE")
      yield* inVirtualTime(Effect.sleep("302 seconds"))
      expect(yield* refusal(good)).toBe("CALLBACK_OUT_OF_TIME")
      expect(yield* row).toEqual(before)
    })
  )

  it.effect("without a signature, at the address of its job, makes Kling's own answer count, never what it says", () =>
    Effect.gen(function* () {
      const { world, handle, callbackBody, receiveCallback, row } = yield* accepted
      const good = yield* signedCallback(world, callbackBody("succeeded"))
      const unsigned = { ...good, headers: {} }
      // Of another job, or with a signature that is not Kling's.
      expect(yield* receiveCallback({ ...unsigned, addressedTo: "kk-t2v-of-another" })).toBe(false)
      const forged = yield* signedCallback(world, callbackBody("succeeded"), { secret: `whsec_${btoa("not Kling's")}` })
      expect((yield* Effect.flip(receiveCallback({ ...forged, addressedTo: handle }))).code).toBe("CALLBACK_FORGED")
      for (const secrets of [good.secrets, []]) {
        expect(yield* receiveCallback({ ...unsigned, secrets, addressedTo: handle })).toBe(true)
        expect(yield* row).toMatchObject({ state: "ACCEPTED", outputs: [] })
      }
      yield* inVirtualTime(Effect.sleep("10 minutes"))
      const failed = { ...unsigned, body: JSON.stringify(callbackBody("failed")) }
      expect(yield* receiveCallback({ ...failed, addressedTo: handle })).toBe(true)
      expect((yield* row).state).toBe("SUCCEEDED")
    })
  )

  it.effect("goes to the address of the program's choice, unless the request names another", () =>
    Effect.gen(function* () {
      const world = worldWith()
      const callbackUrl = (handle: string) => Effect.succeed(`https://kling.example/${handle}`)
      const { ledger } = yield* (yield* programsOf(world))()
      const { jobs } = yield* programOver(world, ledger, { callbackUrl })
      const submit = (request: { readonly callbackUrl?: string }) =>
        Effect.flatMap(planVideo({ prompt: `a cat ${request.callbackUrl}`, ...request }, "api-key"), (plan) =>
          startJob(jobs, plan)
        )
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submit({})))
      yield* inVirtualTime(submit({ callbackUrl: "https://example.com/own" }))
      const addresses = new Set((yield* world.takeCallbacks).map(({ url }) => url))
      expect(addresses).toEqual(new Set([`https://kling.example/${handle}`, "https://example.com/own"]))
    })
  )

  it.effect("about a task of another program, or another task with the same id, is ignored", () =>
    Effect.gen(function* () {
      const { world, callbackBody, receiveCallback, row } = yield* accepted
      const receive = (body: unknown) => Effect.flatMap(signedCallback(world, body), receiveCallback)
      expect(yield* receive(callbackBody("succeeded", { external_id: "of-another-program" }))).toBe(false)
      expect(yield* receive(callbackBody("succeeded", { id: "999" }))).toBe(false)
      expect((yield* row).state).toBe("ACCEPTED")
    })
  )

  it.effect("that cannot be persisted is an error, so that Kling calls back again", () =>
    Effect.gen(function* () {
      const world = worldWith()
      const program = yield* (yield* programsOf(world))()
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submitVideo(program)))
      const closed = yield* Effect.scoped((yield* programsOf(world))())
      const callback = yield* signedCallback(world, { id: "1", external_id: handle, status: "succeeded" })
      const failing = yield* Effect.forkChild(Effect.flip(closed.jobs.receiveCallback(callback)))
      expect((yield* Fiber.join(failing)).code).toBe("LEDGER_STORAGE_FAILED")
    })
  )
})
