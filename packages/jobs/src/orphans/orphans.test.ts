import { describe, expect, it } from "@effect/vitest"
import { type KlingError, type OperationId, type TaskOperation, operations, planOperation } from "@klingkit/core"
import { type Fault, type FaultPlan, KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Exit, Fiber, Option, Result, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { JobError } from "../job-error.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { type Program, programOver, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"

const lostAnswer: Fault = { fault: "commit-then-drop" }

const worldWith = (faults: ReadonlyArray<Fault>, switches: NonNullable<FaultPlan["switches"]> = {}) =>
  new KlingWorld({ speed: 1, faults: { faults, switches } })

const start = (world: KlingWorld) => Effect.flatMap(programsOf(world), (open) => open())

const video = { prompt: "a lighthouse", durationSeconds: 5 }

/** Each declared so that it is not, or not certainly, found by an external id; with an input. */
const unfindable: ReadonlyArray<readonly [OperationId, Readonly<Record<string, unknown>>]> = [
  ["new.t2v.kling-4.0", video],
  ["legacy.lip-sync", operations["legacy.lip-sync"].example],
  ["legacy.virtual-try-on", operations["legacy.virtual-try-on"].example],
  ["solutions.virtual_try_on", operations["solutions.virtual_try_on"].example]
]

const submit = Effect.fnUntraced(function* (
  { jobs }: Program,
  id: OperationId,
  input: Readonly<Record<string, unknown>>
) {
  const plan = yield* planOperation(operations[id], input)
  return yield* startJob(jobs, plan)
})

const end = ({ jobs }: Program, handle: string) =>
  Effect.map(Stream.runLast(jobs.follow(handle)), (job) => Option.getOrThrow(job).task)

const made = (world: KlingWorld) => Array.from(world.state.tasks.newestFirst(), ({ id }) => id)

const creates = (world: KlingWorld) =>
  world.state.requests.rows.filter(
    ({ method, path }) => method === "POST" && path !== "/tasks" && path !== "/solutions"
  )

const rows = ({ ledger }: Program) => Effect.map(ledger.list(), ({ jobs }) => jobs)
const onlyRow = (program: Program) => Effect.map(rows(program), ([job]) => job ?? expect.fail("no job"))

const failureOf = <A>(result: Result.Result<A, KlingError | JobError | LedgerError>) =>
  Result.isFailure(result) ? result.failure : expect.fail("it succeeded")

/** The request of a program that is killed after its answer was lost. */
const killedInDoubt = Effect.fnUntraced(function* (
  world: KlingWorld,
  id: OperationId,
  input: Readonly<Record<string, unknown>>
) {
  const open = yield* programsOf(world)
  const scope = yield* Scope.make()
  const killed = yield* open("local", scope)
  const asking = yield* Effect.forkChild(Effect.exit(submit(killed, id, input)))
  // On a busy machine its request leaves later: real time is not virtual time.
  yield* inVirtualTime(Effect.repeat(Effect.sleep("100 millis"), { until: () => made(world).length > 0 }))
  yield* inVirtualTime(Effect.sleep("3 seconds"))
  yield* Scope.close(scope, Exit.void)
  const next = yield* open()
  yield* inVirtualTime(Effect.sleep("3 minutes"))
  yield* Fiber.interrupt(asking)
  return next
})

describe("a lost answer of an operation that is not found by an external id", () => {
  it.effect.each(unfindable)("is settled by the task in Kling's list: %s", ([id, input]) =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer], { externalIds: "ignore" })
      const program = yield* start(world)
      const { handle, task } = Result.getOrThrow(yield* inVirtualTime(submit(program, id, input)))
      expect([task.id]).toEqual(made(world))
      expect(Result.getOrThrow(yield* inVirtualTime(end(program, handle))).status).toBe("succeed")
      expect(creates(world)).toHaveLength(1)
      expect(world.state.charges).toHaveLength(1)
    })
  )

  it.effect.each(unfindable)("is settled by the next program if that one was killed: %s", ([id, input]) =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer], { externalIds: "ignore" })
      const next = yield* killedInDoubt(world, id, input)
      expect(Result.isSuccess(yield* inVirtualTime(next.recovery.run))).toBe(true)
      const { handle, state, taskId } = yield* onlyRow(next)
      expect([state, taskId]).toEqual(["ACCEPTED", made(world)[0]])
      expect(Result.getOrThrow(yield* inVirtualTime(end(next, handle))).status).toBe("succeed")
      expect(creates(world)).toHaveLength(1)
    })
  )

  it.effect("is settled once a list that lags shows the task; until then its price stays reserved", () =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer], { listDelaySeconds: 300 })
      const program = yield* start(world)
      const error = failureOf(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video)))
      expect(error.wasCharged).toBe("maybe")
      expect(error.next._tag).toBe("AwaitOutcome")
      const unknown = yield* onlyRow(program)
      expect([unknown.state, unknown.sends]).toEqual(["UNKNOWN", 1])
      expect(unknown.spentUsd).toBeGreaterThan(0)
      expect(failureOf(yield* inVirtualTime(program.jobs.status(unknown.handle))).next._tag).toBe("AwaitOutcome")
      yield* TestClock.adjust("5 minutes")
      const job = Result.getOrThrow(yield* inVirtualTime(program.jobs.status(unknown.handle)))
      expect([job.task.id]).toEqual(made(world))
      expect(creates(world)).toHaveLength(1)
    })
  )

  it.effect("is settled by recovery, too, if no caller asks", () =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer], { listDelaySeconds: 120 })
      const program = yield* start(world)
      yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video))
      yield* TestClock.adjust("10 minutes")
      yield* inVirtualTime(program.recovery.run)
      expect((yield* onlyRow(program)).taskId).toBe(made(world)[0])
    })
  )

  it.effect("is settled by a late lookup where the host has kept the unproven id", () =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer], { externalIdDelaySeconds: 600, listDelaySeconds: 100_000 })
      const program = yield* start(world)
      const { example } = operations["legacy.virtual-try-on"]
      expect(Result.isFailure(yield* inVirtualTime(submit(program, "legacy.virtual-try-on", example)))).toBe(true)
      yield* TestClock.adjust("10 minutes")
      yield* inVirtualTime(program.recovery.run)
      const row = yield* onlyRow(program)
      expect([row.state, row.taskId, row.sends]).toEqual(["ACCEPTED", made(world)[0], 1])
    })
  )

  it.effect("is never sent again, and asked about in the end, if nothing arrived", () =>
    Effect.gen(function* () {
      const world = worldWith([{ fault: "drop" }])
      const program = yield* start(world)
      yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video))
      const { handle } = yield* onlyRow(program)
      for (let hours = 0; hours < 3; hours++) {
        yield* TestClock.adjust("1 hour")
        yield* inVirtualTime(program.recovery.run)
      }
      expect((yield* onlyRow(program)).state).toBe("UNKNOWN")
      expect(failureOf(yield* inVirtualTime(program.jobs.status(handle))).next).toEqual({
        _tag: "ChooseTask",
        handle,
        candidates: []
      })
      expect(creates(world)).toHaveLength(1)
      expect(world.state.tasks.size).toBe(0)
    })
  )

  it.effect("that arrives after all, when another program has given the request up, is recorded", () =>
    Effect.gen(function* () {
      const world = worldWith([{ fault: "slow", delayMs: 25_000 }], { listDelaySeconds: 100_000 })
      const other = yield* start(world)
      // Suspended for longer than its lease.
      const { ledger } = other
      const lease = { owner: "suspended", seconds: 5 }
      const suspended = yield* programOver(world, {
        ...ledger,
        createJob: (newJob) => ledger.createJob({ ...newJob, lease }),
        renew: () => Effect.void
      })
      const states = Effect.gen(function* () {
        const asking = yield* Effect.forkChild(submit(suspended, "new.t2v.kling-4.0", video))
        yield* Effect.sleep("10 seconds")
        yield* other.recovery.run
        const { state: before } = yield* onlyRow(other)
        const { task } = yield* Fiber.join(asking)
        const { state: after, taskId } = yield* onlyRow(other)
        return [before, after, taskId === task.id]
      })
      expect(Result.getOrThrow(yield* inVirtualTime(states))).toEqual(["UNKNOWN", "ACCEPTED", true])
    })
  )

  it.effect("is refused, not in doubt, by a host that refuses the id", () =>
    Effect.gen(function* () {
      const world = worldWith([], { externalIds: "refuse" })
      const program = yield* start(world)
      const { example } = operations["solutions.virtual_try_on"]
      const error = failureOf(yield* inVirtualTime(submit(program, "solutions.virtual_try_on", example)))
      expect(error.wasCharged).toBe("no")
      expect(yield* onlyRow(program)).toMatchObject({ state: "REFUSED", spentUsd: 0 })
      expect(Result.isSuccess(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video)))).toBe(true)
    })
  )
})

describe("a task in Kling's list", () => {
  it.effect("that a job of this ledger has is not adopted by another", () =>
    Effect.gen(function* () {
      const world = worldWith([{ fault: "drop", nth: 2 }])
      const program = yield* start(world)
      const first = Result.getOrThrow(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video)))
      const other = { ...video, prompt: "another one" }
      expect(Result.isFailure(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", other)))).toBe(true)
      expect((yield* onlyRow(program)).state).toBe("UNKNOWN")
      expect([first.task.id]).toEqual(made(world))
    })
  )

  it.effect("of another kind, of another time or with another's id is not adopted", () =>
    Effect.gen(function* () {
      const world = worldWith([{ fault: "drop", on: "new.t2v.kling-4.0" }])
      const program = yield* start(world)
      const elsewhere = (id: OperationId, input: Readonly<Record<string, unknown>>) =>
        inVirtualTime(program.kling.submit(operations[id] as TaskOperation, input))
      yield* elsewhere("new.i2v.kling-4.0", operations["new.i2v.kling-4.0"].example)
      yield* TestClock.adjust("1 hour")
      yield* elsewhere("new.image.kling-image-4.0", operations["new.image.kling-image-4.0"].example)
      yield* elsewhere("new.t2v.kling-3.0", video)
      expect(Result.isFailure(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video)))).toBe(true)
      yield* TestClock.adjust("1 hour")
      yield* elsewhere("new.i2v.kling-4.0", operations["new.i2v.kling-4.0"].example)
      const { handle, state } = yield* onlyRow(program)
      expect(state).toBe("UNKNOWN")
      const { next } = failureOf(yield* inVirtualTime(program.jobs.status(handle)))
      expect(next).toMatchObject({ _tag: "ChooseTask", candidates: [] })
    })
  )
})

/** Two requests of one kind at the same time, whose answers are both lost. */
const twoInDoubt = Effect.gen(function* () {
  const world = worldWith([lostAnswer, { ...lostAnswer, nth: 2 }])
  const program = yield* start(world)
  const both = ["one", "two"].map((prompt) => Effect.exit(submit(program, "new.t2v.kling-4.0", { ...video, prompt })))
  yield* inVirtualTime(Effect.all(both, { concurrency: "unbounded" }))
  return { world, program, jobs: yield* rows(program) }
})

describe("two lost answers of one kind at one time", () => {
  it.effect("are not guessed: the user is asked, with both tasks", () =>
    Effect.gen(function* () {
      const { world, program, jobs } = yield* twoInDoubt
      yield* TestClock.adjust("10 minutes")
      yield* inVirtualTime(program.recovery.run)
      expect((yield* rows(program)).map(({ state }) => state)).toEqual(["UNKNOWN", "UNKNOWN"])
      for (const { handle } of jobs) {
        const { next } = failureOf(yield* inVirtualTime(program.jobs.status(handle)))
        const candidates = next._tag === "ChooseTask" ? next.candidates : []
        expect(candidates.map(({ taskId }) => taskId).toSorted()).toEqual(made(world).toSorted())
        expect(candidates.every(({ createdAt }) => createdAt !== undefined)).toBe(true)
      }
      expect(world.state.tasks.size).toBe(2)
    })
  )

  it.effect("are both settled once the user has chosen for one", () =>
    Effect.gen(function* () {
      const { world, program, jobs } = yield* twoInDoubt
      const [first, second] = jobs.map(({ handle }) => handle)
      const [taskId = "", otherTaskId] = made(world)
      const chosen = yield* inVirtualTime(program.jobs.resolve(first ?? "", { taskId }))
      expect(Result.getOrThrow(chosen)).toMatchObject({ handle: first, task: { id: taskId } })
      const taken = failureOf(yield* inVirtualTime(program.jobs.resolve(second ?? "", { taskId })))
      expect(taken.code).toBe("LEDGER_TASK_TAKEN")
      const other = Result.getOrThrow(yield* inVirtualTime(program.jobs.status(second ?? "")))
      expect(other.task.id).toBe(otherTaskId)
      for (const { handle } of jobs) {
        expect(Result.getOrThrow(yield* inVirtualTime(end(program, handle))).status).toBe("succeed")
      }
      expect(world.state.charges).toHaveLength(2)
    })
  )

  it.effect("are distinguished by the time of their tasks", () =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer, { ...lostAnswer, nth: 2 }], { listDelaySeconds: 3600 })
      const program = yield* start(world)
      yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", { ...video, prompt: "one" }))
      yield* TestClock.adjust("40 minutes")
      yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", { ...video, prompt: "two" }))
      yield* TestClock.adjust("2 hours")
      yield* inVirtualTime(program.recovery.run)
      const adopted = (yield* rows(program)).map(({ prompt, taskId }) => [prompt, taskId])
      expect(adopted).toEqual([
        ["two", made(world)[0]],
        ["one", made(world)[1]]
      ])
    })
  )

  it.effect("with one task only are not guessed either", () =>
    Effect.gen(function* () {
      const world = worldWith([lostAnswer, { fault: "drop", nth: 2 }])
      const program = yield* start(world)
      const both = ["one", "two"].map((prompt) =>
        Effect.exit(submit(program, "new.t2v.kling-4.0", { ...video, prompt }))
      )
      yield* inVirtualTime(Effect.all(both, { concurrency: "unbounded" }))
      yield* inVirtualTime(program.recovery.run)
      expect((yield* rows(program)).map(({ state }) => state)).toEqual(["UNKNOWN", "UNKNOWN"])
    })
  )
})

describe("a task whose proven id the host has dropped", () => {
  it.effect("is followed by Kling's own id", () =>
    Effect.gen(function* () {
      const world = worldWith([], { externalIds: "ignore" })
      const program = yield* start(world)
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submit(program, "new.t2v.kling-3.0", video)))
      expect(Result.getOrThrow(yield* inVirtualTime(end(program, handle))).status).toBe("succeed")
    })
  )
})

describe("the user's word about an unknown outcome", () => {
  const unknown = Effect.gen(function* () {
    const world = worldWith([{ fault: "drop" }])
    const program = yield* start(world)
    yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video))
    return { world, program, handle: (yield* onlyRow(program)).handle }
  })

  it.effect("that no task was made releases its price, and the same request is a new one", () =>
    Effect.gen(function* () {
      const { world, program, handle } = yield* unknown
      expect(Result.isSuccess(yield* inVirtualTime(program.jobs.resolve(handle, { notMade: true })))).toBe(true)
      expect(yield* onlyRow(program)).toMatchObject({ state: "REFUSED", spentUsd: 0 })
      const again = Result.getOrThrow(yield* inVirtualTime(submit(program, "new.t2v.kling-4.0", video)))
      expect(again.handle).not.toBe(handle)
      expect(world.state.tasks.size).toBe(1)
      expect(failureOf(yield* inVirtualTime(program.jobs.resolve(again.handle, { notMade: true }))).code).toBe(
        "LEDGER_STATE_CONFLICT"
      )
    })
  )

  it.effect("is refused for a task that does not exist, or that has another request's id", () =>
    Effect.gen(function* () {
      const { program, handle } = yield* unknown
      const missing = failureOf(yield* inVirtualTime(program.jobs.resolve(handle, { taskId: "89000000000000001" })))
      expect(missing.code).toBe("KLING_TASK_NOT_FOUND")
      const other = Result.getOrThrow(yield* inVirtualTime(submit(program, "new.t2v.kling-3.0", video)))
      const foreign = failureOf(yield* inVirtualTime(program.jobs.resolve(handle, { taskId: other.task.id })))
      expect(foreign.code).toBe("KLING_INVALID_INPUT")
      expect((yield* program.ledger.get(handle)).state).toBe("UNKNOWN")
    })
  )
})
