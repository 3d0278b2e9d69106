import { describe, expect, it } from "@effect/vitest"
import { type Kling, operations, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Context, Effect, Exit, Fiber, Latch, Layer, Option, Result, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { Job } from "../job.ts"
import { ledgerLock } from "../ledger/database.ts"
import { Ledger } from "../ledger/ledger.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { lazyLedger } from "../ledger/lazy-ledger.ts"
import { freezable } from "../ledger/testing/freeze-postgres.ts"
import { startPostgres } from "../ledger/testing/postgres-server.ts"
import { sampleJob } from "../ledger/testing/sample-job.ts"
import { planSamplePipeline } from "../pipelines/testing/sample-pipeline.ts"
import { type Program, programOver, readsOf } from "../polling/testing/programs.ts"
import { startJob } from "../submit/testing/start-job.ts"
import { layerPostgres } from "./postgres-ledger.ts"

const realTime = Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())

/** A program on a PostgreSQL of its own, which can be frozen. By default tasks take five times as long as at Kling. */
const frozenWorld = Effect.fnUntraced(function* (speed = 0.2) {
  const server = yield* startPostgres
  const { freeze, thaw, sql } = yield* freezable(server, "public")
  const ledger = layerPostgres(server.url("public"), { lockTimeout: "150 millis", answerTimeout: "500 millis" })
  // Connections are opened, and kept, in real time.
  const opened = Context.get(yield* realTime(Layer.build(ledger)), Ledger)
  const world = new KlingWorld({ speed })
  return { freeze, thaw, sql, ledger: opened, world, program: yield* programOver(world, opened) }
})

const submitVideo = ({ jobs }: Program, prompt = "a cat") =>
  Effect.flatMap(planVideo({ prompt }, "api-key"), (plan) => startJob(jobs, plan))

/** A task that this ledger does not have. */
const taskElsewhere = (kling: Kling["Service"]) =>
  kling.submit(operations["new.t2v.kling-3.0"], { prompt: "of another program" })

const isSilent = ({ ledger }: Program) =>
  Effect.match(ledger.daySpend({ principal: "local", account: "" }), {
    onSuccess: () => false,
    onFailure: ({ reason }) => reason._tag === "NotResponding"
  })

describe("a PostgreSQL that is frozen", () => {
  it.effect("refuses a paid request before anything is sent, and takes it once it answers again", () =>
    Effect.gen(function* () {
      const { freeze, thaw, world, program } = yield* frozenWorld()
      yield* program.ledger.list()
      yield* freeze
      const refused = yield* Effect.flip(Effect.flatMap(inVirtualTime(submitVideo(program)), Effect.fromResult))
      expect(refused).toMatchObject({ code: "LEDGER_NOT_RESPONDING", wasCharged: "no", isRetryable: true })
      expect(refused.suggestion).toContain("nothing was sent")
      expect(world.state.requests.rows).toEqual([])
      yield* thaw
      // The ledger is asked again a few seconds later.
      yield* inVirtualTime(Effect.sleep("6 seconds"))
      expect((yield* inVirtualTime(submitVideo(program)))._tag).toBe("Success")
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("does not keep back what needs only Kling: the status of a task, and the list of them", () =>
    Effect.gen(function* () {
      const { freeze, world, program } = yield* frozenWorld()
      const { task } = Result.getOrThrow(yield* inVirtualTime(taskElsewhere(program.kling)))
      yield* program.ledger.list()
      yield* freeze
      const read = Effect.all([program.jobs.status(task.id), Stream.runCollect(program.jobs.list())])
      const [status, listed] = Result.getOrThrow(yield* inVirtualTime(read))
      expect([status.task.id, listed.map((job) => job.task.id)]).toEqual([task.id, [task.id]])
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("leaves a request open whose send it could not record, and names its handle", () =>
    Effect.gen(function* () {
      const { freeze, thaw, world, ledger } = yield* frozenWorld()
      const frozenBefore = (kling: Kling["Service"]): Kling["Service"] => ({
        ...kling,
        submit: (...request) => Effect.andThen(Effect.orDie(freeze), kling.submit(...request))
      })
      const program = yield* programOver(world, ledger, { alter: frozenBefore })
      const error = yield* Effect.flip(Effect.flatMap(inVirtualTime(submitVideo(program)), Effect.fromResult))
      expect(error).toMatchObject({ code: "KLING_SUBMISSION_UNKNOWN", wasCharged: "maybe" })
      expect(world.state.tasks.size).toBe(0)
      yield* thaw
      const { jobs } = yield* ledger.list()
      expect(error.next).toEqual({ _tag: "AwaitOutcome", handle: jobs[0]?.handle })
    })
  )

  it.effect("does not lose a task that Kling has just accepted", () =>
    Effect.gen(function* () {
      const { freeze, thaw, world, ledger } = yield* frozenWorld()
      // Not again when the request is sent once more, which Kling knows by its external id.
      const freezeOnce = yield* Effect.cached(Effect.orDie(freeze))
      const frozenAfter = (kling: Kling["Service"]): Kling["Service"] => ({
        ...kling,
        submit: (...request) => Effect.tap(kling.submit(...request), () => freezeOnce)
      })
      const program = yield* programOver(world, ledger, { alter: frozenAfter })
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submitVideo(program)))
      yield* thaw
      // What the program waited for when the server was frozen ends in real time, and until then its row may be locked.
      const status = Effect.andThen(Effect.sleep("6 seconds"), program.jobs.status(handle)).pipe(
        Effect.repeat({ until: ({ record }) => record !== undefined && record.state !== "SENDING", times: 200 })
      )
      expect(Result.getOrThrow(yield* inVirtualTime(status)).record).toMatchObject({
        handle,
        state: expect.stringMatching(/^(ACCEPTED|RUNNING|SUCCEEDED)$/),
        taskId: expect.stringMatching(/./)
      })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("does not end a wait for a pipeline, nor pay a step twice", () =>
    Effect.gen(function* () {
      const { freeze, thaw, world, program } = yield* frozenWorld(2)
      const { handle } = Result.getOrThrow(
        yield* inVirtualTime(Effect.flatMap(planSamplePipeline("api-key"), (plan) => startJob(program.jobs, plan)))
      )
      const started = yield* Latch.make(false)
      const isAtKling = ({ pipeline }: Job) => pipeline?.steps.some(({ status }) => status === "processing") === true
      const following = Stream.tap(program.jobs.follow(handle), (job) => (isAtKling(job) ? started.open : Effect.void))
      const waiting = yield* Effect.forkChild(inVirtualTime(Stream.runLast(following)))
      yield* started.await
      yield* freeze
      while (!(yield* isSilent(program))) yield* TestClock.withLive(Effect.sleep("5 millis"))
      yield* thaw
      const ended = Option.getOrThrow(Result.getOrThrow(yield* Fiber.join(waiting)))
      expect(ended.task.status).toBe("succeed")
      const { steps = [] } = ended.pipeline ?? {}
      expect(world.state.tasks.size).toBe(steps.length)
    })
  )

  it.effect("does not end a wait: Kling is polled meanwhile, and the ledger updated afterwards", () =>
    Effect.gen(function* () {
      const { freeze, thaw, world, program } = yield* frozenWorld()
      const { handle } = Result.getOrThrow(yield* inVirtualTime(submitVideo(program)))
      const started = yield* Latch.make(false)
      const following = Stream.tap(program.jobs.follow(handle), () => started.open)
      const waiting = yield* Effect.forkChild(inVirtualTime(Stream.runLast(following)))
      yield* started.await
      yield* freeze
      const before = readsOf(world).length
      while (readsOf(world).length < before + 2) yield* TestClock.withLive(Effect.sleep("5 millis"))
      yield* thaw
      const ended = Option.getOrThrow(Result.getOrThrow(yield* Fiber.join(waiting)))
      expect(ended.task.status).toBe("succeed")
      const status = Effect.andThen(Effect.sleep("6 seconds"), program.jobs.status(handle))
      expect(Result.getOrThrow(yield* inVirtualTime(status)).record).toMatchObject({ handle, state: "SUCCEEDED" })
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("is asked once, not for each row of a list", () =>
    Effect.gen(function* () {
      const { freeze, ledger } = yield* frozenWorld()
      let asked = 0
      const counted = Ledger.of({
        ...ledger,
        get: (...id) =>
          Effect.andThen(
            Effect.sync(() => asked++),
            ledger.get(...id)
          )
      })
      const source = Layer.succeed(LedgerSource, { open: Effect.succeed(counted) })
      const lazy = Context.get(yield* Layer.build(Layer.provide(lazyLedger, source)), Ledger)
      yield* freeze
      const codes = yield* Effect.forEach(["a", "b", "c"], (id) => Effect.flip(lazy.get(id)))
      expect(codes.map(({ code }) => code)).toEqual(Array(3).fill("LEDGER_NOT_RESPONDING"))
      expect(asked).toBe(1)
    })
  )

  it.effect("does not keep a program from opening or closing", () =>
    Effect.gen(function* () {
      const server = yield* startPostgres
      const { freeze } = yield* freezable(server, "public")
      const layer = layerPostgres(server.url("public"), { lockTimeout: "150 millis", answerTimeout: "300 millis" })
      const scope = yield* Scope.make()
      const opened = Context.get(yield* realTime(Layer.buildWithScope(layer, scope)), Ledger)
      yield* freeze
      const creating = yield* Effect.forkChild(opened.createJob(sampleJob()))
      yield* realTime(Scope.close(scope, Exit.void))
      yield* Fiber.interrupt(creating)
      const error = yield* Effect.flip(realTime(Effect.scoped(Layer.build(layer))))
      expect(error).toMatchObject({ code: "LEDGER_NOT_RESPONDING", wasCharged: "no" })
    })
  )
})

describe("a lock that another session holds", () => {
  it.effect("on the ledger or on a row ends with an error that says so", () =>
    Effect.gen(function* () {
      const { sql, ledger } = yield* frozenWorld()
      const { job } = yield* ledger.createJob(sampleJob())
      const lease = { owner: "this-process", fence: 1 }
      const held = Effect.gen(function* () {
        yield* sql`SELECT pg_advisory_xact_lock(${ledgerLock})`
        yield* sql`SELECT * FROM klingkit_jobs FOR UPDATE`
        const creating = yield* Effect.flip(ledger.createJob(sampleJob()))
        const sending = yield* Effect.flip(ledger.transition(job.handle, ["INTENT"], "SENDING", { lease }))
        const claiming = yield* Effect.flip(ledger.renew([job.handle], { ...lease, seconds: 30 }))
        return [creating, sending, claiming].map(({ code }) => code)
      })
      const codes = yield* sql.withTransaction(held)
      expect(codes).toEqual(["LEDGER_LOCKED", "LEDGER_LOCKED", "LEDGER_NOT_RESPONDING"])
      expect((yield* ledger.transition(job.handle, ["INTENT"], "SENDING", { lease })).state).toBe("SENDING")
    })
  )
})
