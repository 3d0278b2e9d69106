import { describe, expect, it } from "@effect/vitest"
import { planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { inVirtualTime } from "../files/testing/virtual-time.ts"
import type { JobRecord } from "../ledger/job-record.ts"
import { sampleIntent } from "../ledger/testing/sample-intent.ts"
import { type Program, programOver, programsOf } from "../watch/testing/programs.ts"

const busyWorld = () => new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1 } } } })
const film = (prompt: string) => planVideo({ prompt }, "api-key")

/** A program that cannot reach the ledger any more once it is dead, and so sends nothing. */
const mortal = Effect.fnUntraced(function* (start: Effect.Success<ReturnType<typeof programsOf>>) {
  const scope = yield* Scope.make()
  const program = yield* Scope.provide(start(), scope)
  return { ...program, die: Scope.close(scope, Exit.void) }
})

/** All places are taken, and a request stands in line when its program dies; `told` says whether its caller has its handle. */
const leftInLine = Effect.fnUntraced(function* (told: "handle" | "nothing") {
  const world = busyWorld()
  const start = yield* programsOf(world)
  const heir = yield* start()
  yield* inVirtualTime(Effect.flatMap(film("running"), (plan) => heir.jobs.submit(plan)))
  const dying = yield* mortal(start)
  const plan = yield* film("left in line")
  const asking = dying.jobs.submit(plan, told === "handle" ? { answerWithinSeconds: 1.5 } : {})
  yield* Effect.forkChild(Effect.exit(asking))
  yield* inVirtualTime(Effect.sleep("5 seconds"))
  yield* dying.die
  return { world, heir }
})

const leftRow = ({ ledger }: Program) =>
  Effect.map(ledger.list({ search: "left in line" }), ({ jobs: [job] }) => job ?? expect.fail("no such job"))

/** What becomes of it when somebody uses klingkit again after a while. */
const after = Effect.fnUntraced(function* (heir: Program, seconds: number) {
  yield* inVirtualTime(Effect.sleep(`${seconds} seconds`))
  const { handle } = yield* leftRow(heir)
  const seen = yield* inVirtualTime(Effect.andThen(heir.jobs.status(handle), Effect.sleep("150 seconds")))
  expect(seen._tag).toBe("Success")
  return yield* leftRow(heir)
})

/** A request of a program that has died with its first send on the way; Kling has not got it. */
const leftSending = Effect.fnUntraced(function* ({ ledger, kling }: Program) {
  const { input } = yield* film("a send on its way")
  const { job } = yield* ledger.begin(sampleIntent({ account: kling.account, input, allowRepeat: true }))
  return yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease: leaseOf(job) })
})

const leaseOf = ({ lease }: JobRecord) => lease ?? expect.fail("nobody holds it")

describe("a request that was never sent when its program died", () => {
  it.effect("is sent by whoever comes next when its caller was given the handle", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("handle")
      const row = yield* after(heir, 90)
      expect(row).toMatchObject({ state: "ACCEPTED", sends: 1 })
      expect(world.state.tasks.byExternalId(row.handle)).toHaveLength(1)
      expect(world.state.tasks.size).toBe(2)
    })
  )

  it.effect("is closed, uncharged, when its caller has been told nothing", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("nothing")
      const row = yield* after(heir, 90)
      const message = "not sent: the program ended before; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("is left to whoever was given its handle at the moment at which it is found too old", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("handle")
      yield* TestClock.adjust("61 minutes")
      const { handle } = yield* leftRow(heir)
      const { ledger } = heir
      // Between the look at what was left and the closing of it.
      const claimUnfinished: typeof ledger.claimUnfinished = (filter, request) =>
        Effect.tap(ledger.claimUnfinished(filter, request), () => ledger.markPromised(handle))
      const slow = yield* programOver(world, { ...ledger, claimUnfinished })
      yield* inVirtualTime(slow.jobs.recover)
      expect(yield* leftRow(heir)).toMatchObject({ state: "INTENT" })
      expect(yield* after(heir, 90)).toMatchObject({ state: "ACCEPTED", sends: 1 })
    })
  )

  it.effect("is closed, uncharged, when it is more than an hour old", () =>
    Effect.gen(function* () {
      const { world, heir } = yield* leftInLine("handle")
      yield* TestClock.adjust("61 minutes")
      const row = yield* after(heir, 1)
      const message = "not sent: no program went on with it within an hour; nothing was charged"
      expect(row).toMatchObject({ state: "REFUSED", message, spentUsd: 0 })
      expect(world.state.tasks.size).toBe(1)
    })
  )
})

describe("a request whose program died as it was being sent", () => {
  it.effect.each([
    [1, { state: "ACCEPTED", sends: 2 }, 1],
    // Kling forgets a task after a month: that it is not found then says nothing.
    [40 * 24, { state: "UNKNOWN", sends: 1 }, 0]
  ] as const)("is sent once more only as long as it is wanted: after %i hours", ([hours, row, tasks]) =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const heir = yield* (yield* programsOf(world))()
      const { handle } = yield* leftSending(heir)
      yield* TestClock.adjust(`${hours} hours`)
      expect((yield* inVirtualTime(heir.jobs.recover))._tag).toBe("Success")
      expect(yield* heir.ledger.get(handle)).toMatchObject(row)
      expect(world.state.tasks.size).toBe(tasks)
    })
  )
})

describe("a task that turns up late", () => {
  it.effect("is taken back, however many older ones never were", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const heir = yield* (yield* programsOf(world))()
      const givenUp = Effect.gen(function* () {
        const { handle } = yield* leftSending(heir)
        yield* heir.ledger.transition(handle, ["SENDING"], "IN_DOUBT")
        return yield* heir.ledger.transition(handle, ["IN_DOUBT"], "UNKNOWN")
      })
      yield* Effect.forEach(Array.from({ length: 100 }), () => givenUp)
      yield* TestClock.adjust("31 days")
      const { handle: externalTaskId } = yield* givenUp
      const { operation, input } = yield* film("a send on its way")
      yield* inVirtualTime(heir.kling.submit(operation, input, { externalTaskId }))
      yield* TestClock.adjust("1 minute")
      yield* inVirtualTime(heir.jobs.recover)
      expect((yield* heir.ledger.get(externalTaskId)).state).toBe("ACCEPTED")
    })
  )
})
