import { describe, expect, it } from "@effect/vitest"
import { operations, planOperation, planVideo } from "@klingkit/core"
import { KlingWorld } from "@klingkit/emulator"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Context, Effect, Fiber, Layer, Result } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import { TestClock } from "effect/testing"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError } from "../ledger/ledger-error.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { layerSqliteClient } from "../sqlite/sqlite-client.ts"
import { JumpingClock } from "../polling/testing/jumping-clock.ts"
import { type Program, programOver, programsOf } from "../polling/testing/programs.ts"
import { startJob } from "./testing/start-job.ts"

const submitVideo = ({ jobs }: Pick<Program, "jobs">) =>
  Effect.flatMap(planVideo({ prompt: "a cat" }, "api-key"), (plan) => startJob(jobs, plan))

const speech = planOperation(operations["legacy.tts"], operations["legacy.tts"].example)

/** A program with a ledger of its own, and direct access to the database of that ledger. */
const programWithDatabase = Effect.gen(function* () {
  const world = new KlingWorld({ speed: 1 })
  const path = join(yield* temporaryFolder("klingkit-trouble-"), "ledger.db")
  const context = yield* Layer.build(Layer.provideMerge(Ledger.layer({ location: path }), layerSqliteClient(path, 20)))
  const program = yield* programOver(world, Context.get(context, Ledger))
  return { world, path, program, sql: Context.get(context, SqlClient) }
})

describe("a paid request with a failing ledger", () => {
  it.effect("is not sent while another process locks the ledger, and is sent later", () =>
    Effect.gen(function* () {
      const { world, path, program } = yield* programWithDatabase
      const other = new DatabaseSync(path)
      other.exec("BEGIN IMMEDIATE")
      expect(yield* Effect.flip(submitVideo(program))).toMatchObject({ code: "LEDGER_LOCKED", wasCharged: "no" })
      expect(world.state.requests.rows).toEqual([])
      other.exec("COMMIT")
      other.close()
      expect((yield* inVirtualTime(submitVideo(program)))._tag).toBe("Success")
      expect(world.state.tasks.size).toBe(1)
    })
  )

  it.effect("is not sent when the disk is full, and is sent when there is space", () =>
    Effect.gen(function* () {
      const { world, program, sql } = yield* programWithDatabase
      yield* sql`PRAGMA max_page_count = 1`
      const plan = yield* planVideo({ prompt: "a long story ".repeat(150) }, "api-key")
      const big = { ...plan, input: { ...plan.input, prompt: "x".repeat(100_000) } }
      const error = yield* Effect.flip(startJob(program.jobs, big))
      expect(error).toMatchObject({ code: "LEDGER_DISK_FULL", wasCharged: "no" })
      expect(world.state.requests.rows).toEqual([])
      yield* sql`PRAGMA max_page_count = 1000000`
      expect((yield* inVirtualTime(submitVideo(program)))._tag).toBe("Success")
    })
  )

  it.effect("of a synchronous call that cannot be persisted as sent is not sent, and reports that", () =>
    Effect.gen(function* () {
      const { world, program } = yield* programWithDatabase
      const transition = () => Effect.fail(ledgerError({ _tag: "Locked", location: "of the test" }))
      const { jobs } = yield* programOver(world, { ...program.ledger, transition })
      const error = yield* Effect.flip(Effect.flatMap(speech, (plan) => jobs.run(plan)))
      expect(error).toMatchObject({ code: "LEDGER_LOCKED", wasCharged: "no" })
      expect(world.state.requests.rows.filter(({ method }) => method === "POST")).toEqual([])
    })
  )

  it.effect("of a synchronous call stores its answer, however long that takes", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const start = yield* programsOf(world)
      const [{ ledger }, another] = yield* Effect.all([start(), start()])
      // Retries for a minute and a half, and then a slow response with a large image.
      const slow = yield* programOver(world, ledger, {
        alter: (kling) => ({
          ...kling,
          call: (operation, input) => Effect.delay(kling.call(operation, input), "140 seconds")
        })
      })
      const calling = Effect.flatMap(speech, (plan) => slow.jobs.run(plan))
      const late = Effect.andThen(Effect.sleep("130 seconds"), another.recovery.run)
      yield* inVirtualTime(Effect.all([calling, late], { concurrency: 2 }))
      expect((yield* ledger.list()).jobs).toMatchObject([{ state: "SUCCEEDED", outputs: [{ type: "audio" }] }])
    })
  )

  it.effect.each([-3_600_000, 3_600_000])("is sent once when the clock jumps by %i ms during the submission", (jump) =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1, faults: { faults: [{ fault: "commit-then-drop" }] } })
      const clock = new JumpingClock(yield* Clock.Clock)
      yield* TestClock.setTime(Date.UTC(2026, 10, 22, 12))
      const outcome = Effect.gen(function* () {
        const start = yield* programsOf(world)
        const [program, another] = yield* Effect.all([start(), start()])
        const sending = yield* Effect.forkChild(submitVideo(program))
        // The answer is lost, and the task is about to be looked up.
        while (world.state.requests.rows.length === 0) yield* Effect.sleep("100 millis")
        clock.jump(jump)
        world.state.clockOffsetMs -= jump
        yield* another.recovery.run
        const { handle } = yield* Fiber.join(sending)
        return yield* program.ledger.get(handle)
      }).pipe(Effect.provideService(Clock.Clock, clock))
      const row = Result.getOrThrow(yield* inVirtualTime(outcome))
      expect(row.state).toBe("ACCEPTED")
      expect(world.state.tasks.size).toBe(1)
    })
  )
})
