import { describe, expect, it } from "@effect/vitest"
import { planVideo, type TaskOperation } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import type { JobRecord } from "../ledger/job-record.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { type Program, programOver, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

const busyWorld = () => new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1 } } } })
const video = (prompt: string) => planVideo({ prompt }, "api-key")

/** A program that loses its connection to the ledger when it crashes, and so sends nothing. */
const crashable = Effect.fnUntraced(function* (start: Effect.Success<ReturnType<typeof programsOf>>) {
  const scope = yield* Scope.make()
  const program = yield* start("local", scope)
  return { ...program, crash: Scope.close(scope, Exit.void) }
})

/** All slots are in use, and a request is queued when its program crashes, with or without its handle acknowledged. */
const orphanedInQueue = Effect.fnUntraced(function* (handle: "acknowledged" | "not acknowledged") {
  const world = busyWorld()
  const start = yield* programsOf(world)
  const other = yield* start()
  yield* inVirtualTime(Effect.flatMap(video("running"), (plan) => startJob(other.jobs, plan)))
  const crashing = yield* crashable(start)
  const plan = yield* video("orphaned")
  const asking = startJob(crashing.jobs, plan, handle === "acknowledged" ? { answerWithinSeconds: 1.5 } : {})
  yield* Effect.forkChild(Effect.exit(asking))
  yield* inVirtualTime(Effect.sleep("5 seconds"))
  yield* crashing.crash
  return { world, other }
})

const orphanedRow = ({ ledger }: Program) =>
  Effect.map(ledger.list({ search: "orphaned" }), ({ jobs: [job] }) => job ?? expect.fail("no such job"))

/** The row after another process has used klingkit some time later. */
const rowAfter = Effect.fnUntraced(function* (other: Program, seconds: number) {
  yield* inVirtualTime(Effect.sleep(`${seconds} seconds`))
  const { handle } = yield* orphanedRow(other)
  const polled = yield* inVirtualTime(Effect.andThen(other.jobs.status(handle), Effect.sleep("150 seconds")))
  expect(polled._tag).toBe("Success")
  return yield* orphanedRow(other)
})

let orphans = 0

/** A request whose program has crashed during its first send; Kling has not received it. */
const orphanedWhileSending = Effect.fnUntraced(function* ({ ledger, kling }: Program) {
  const { input } = yield* video("a send on its way")
  const { job } = yield* ledger.createJob(sampleJob({ account: kling.account, input, take: (orphans += 1) }))
  return yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease: leaseOf(job) })
})

const leaseOf = ({ lease }: JobRecord) => lease ?? expect.fail("no process holds it")

describe("a request that was never sent when its program crashed", () => {
  it.effect("is sent by the next process if its handle was acknowledged", () =>
    Effect.gen(function* () {
      const { world, other } = yield* orphanedInQueue("acknowledged")
      const row = yield* rowAfter(other, 90)
      expect(row).toMatchObject({ state: "ACCEPTED", sends: 1 })
      expect(world.state.tasks.byExternalId(row.handle)).toHaveLength(1)
      expect(world.state.tasks.size).toBe(2)
    })
  )

  it.effect("is closed, uncharged, if its handle was not acknowledged", () =>
    Effect.gen(function* () {
      const { world, other } = yield* orphanedInQueue("not acknowledged")
      const row = yield* rowAfter(other, 90)
      const message = "not sent: its process ended first; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("is kept if its handle is acknowledged again at the moment at which it is found too old", () =>
    Effect.gen(function* () {
      const { world, other } = yield* orphanedInQueue("acknowledged")
      yield* TestClock.adjust("61 minutes")
      const { handle } = yield* orphanedRow(other)
      const { ledger } = other
      // Between finding the orphaned request and closing it.
      const claimUnfinished: typeof ledger.claimUnfinished = (filter, request) =>
        Effect.tap(ledger.claimUnfinished(filter, request), () => ledger.markAcknowledged(handle))
      const slow = yield* programOver(world, { ...ledger, claimUnfinished })
      yield* inVirtualTime(slow.recovery.run)
      expect(yield* orphanedRow(other)).toMatchObject({ state: "INTENT" })
      expect(yield* rowAfter(other, 90)).toMatchObject({ state: "ACCEPTED", sends: 1 })
    })
  )

  it.effect("is closed, uncharged, when it is more than an hour old", () =>
    Effect.gen(function* () {
      const { world, other } = yield* orphanedInQueue("acknowledged")
      yield* TestClock.adjust("61 minutes")
      const row = yield* rowAfter(other, 1)
      const message = "not sent: no process resumed it within an hour; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )
})

describe("a request whose program crashed while sending it", () => {
  it.effect.each([
    [1, { state: "ACCEPTED", sends: 2 }, 1],
    // Kling deletes a task after a month: not finding it then proves nothing.
    [40 * 24, { state: "UNKNOWN", sends: 1 }, 0]
  ] as const)("is sent once more only within a day: after %i hours", ([hours, row, tasks]) =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const other = yield* (yield* programsOf(world))()
      const { handle } = yield* orphanedWhileSending(other)
      yield* TestClock.adjust(`${hours} hours`)
      expect((yield* inVirtualTime(other.recovery.run))._tag).toBe("Success")
      expect(yield* other.ledger.get(handle)).toMatchObject(row)
      expect(world.state.tasks.size).toBe(tasks)
    })
  )
})

describe("a task that turns up late", () => {
  it.effect.each([
    [29, "ACCEPTED"],
    // Kling keeps results for 30 days.
    [31, "UNKNOWN"]
  ] as const)("continues its job only within 30 days: after %i days", ([days, state]) =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const other = yield* (yield* programsOf(world))()
      const { handle: externalTaskId } = yield* orphanedWhileSending(other)
      yield* other.ledger.transition(externalTaskId, ["SENDING"], "IN_DOUBT")
      yield* other.ledger.transition(externalTaskId, ["IN_DOUBT"], "UNKNOWN")
      yield* TestClock.adjust(`${days} days`)
      const { operation, input } = yield* video("a send on its way")
      yield* inVirtualTime(other.kling.submit(operation as TaskOperation, input, { externalTaskId }))
      yield* inVirtualTime(other.recovery.run)
      expect((yield* other.ledger.get(externalTaskId)).state).toBe(state)
    })
  )

  it.effect("continues its job, however many older ones never turn up", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const other = yield* (yield* programsOf(world))()
      const givenUp = Effect.gen(function* () {
        const { handle } = yield* orphanedWhileSending(other)
        yield* other.ledger.transition(handle, ["SENDING"], "IN_DOUBT")
        return yield* other.ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN")
      })
      yield* Effect.forEach(Array.from({ length: 100 }), () => givenUp)
      yield* TestClock.adjust("31 days")
      const { handle: externalTaskId } = yield* givenUp
      const { operation, input } = yield* video("a send on its way")
      yield* inVirtualTime(other.kling.submit(operation as TaskOperation, input, { externalTaskId }))
      yield* TestClock.adjust("1 minute")
      yield* inVirtualTime(other.recovery.run)
      expect((yield* other.ledger.get(externalTaskId)).state).toBe("ACCEPTED")
    })
  )
})
