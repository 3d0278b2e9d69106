import { NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Kling, operations, type Plan, planOperation, planVideo } from "@klingkit/core"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost } from "@klingkit/media"
import { inVirtualTime } from "@klingkit/media/testing"
import { Clock, Context, Effect, Exit, FileSystem, Layer, Redacted, Scope } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { join } from "node:path"
import type { JobsConfig } from "../config.ts"
import { Jobs } from "../jobs.ts"
import { Recovery } from "../recovery/recovery.ts"
import { Ledger } from "../ledger/ledger.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { temporaryFolder } from "../ledger/testing/test-database.ts"
import { planPipeline, stepFromPlan } from "@klingkit/core/requests"
import { layerSqlite } from "../sqlite/sqlite-ledger.ts"
import { startJob } from "./testing/start-job.ts"

interface ProgramOptions extends Pick<JobsConfig, "shutdownSeconds" | "shutdownTimeout"> {
  readonly answersAfterSeconds?: number
}

/** Kling as it answers paid requests this late. */
const klingOf = (world: KlingWorld, answersAfterSeconds: number) => {
  const late = HttpClient.tap(({ request }) =>
    request.method === "POST" ? Effect.sleep(answersAfterSeconds * 1000) : Effect.void
  )
  const http = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, late)).pipe(
    Layer.provide(emulatorHttpClient(world))
  )
  const apiKey = Redacted.make(world.keys.apiKey)
  const kling = Kling.layer({ credentials: { kind: "api-key", apiKey }, baseUrl: "https://kling.example" })
  return Layer.provide(kling, http)
}

/** Programs that share a ledger file; each can be closed. */
const programs = Effect.fnUntraced(function* (world: KlingWorld) {
  const path = join(yield* temporaryFolder("klingkit-sends-"), "ledger.db")
  const start = Effect.fnUntraced(function* ({ answersAfterSeconds = 20, ...options }: ProgramOptions = {}) {
    const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits: {}, principal: "local" }
    const layer = Jobs.layer({ ...config, ...options }).pipe(
      Layer.provide(klingOf(world, answersAfterSeconds)),
      Layer.provide(LedgerSource.layer(layerSqlite(path))),
      Layer.provide([
        FileSystem.layerNoop({}),
        NodePath.layer,
        Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
      ])
    )
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(layer, scope)
    return {
      jobs: Context.get(context, Jobs),
      recovery: Context.get(context, Recovery),
      close: Scope.close(scope, Exit.void)
    }
  })
  /** What the ledger says once it is opened again. */
  const rows = Effect.scoped(
    Effect.gen(function* () {
      const ledger = Context.get(yield* Layer.build(layerSqlite(path)), Ledger)
      return (yield* ledger.list()).jobs
    })
  )
  return { start, rows }
})

const video = (prompt = "a cat") => planVideo({ prompt }, "api-key")
const speech = planOperation(operations["legacy.tts"], operations["legacy.tts"].example)

/** Runs until Kling has this many tasks. */
const tasksAtKling = Effect.fnUntraced(function* (world: KlingWorld, count: number) {
  while (world.state.tasks.size < count) yield* TestClock.withLive(Effect.sleep("1 millis"))
})

/** How many seconds closing takes. */
const secondsToClose = Effect.fnUntraced(function* ({ close }: { readonly close: Effect.Effect<void> }) {
  const from = yield* Clock.currentTimeMillis
  expect((yield* inVirtualTime(close))._tag).toBe("Success")
  return Math.round(((yield* Clock.currentTimeMillis) - from) / 1000)
})

describe("closing the jobs while Kling has not answered yet", () => {
  it.effect("waits for the answer to a request, which the ledger then has", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const { start, rows } = yield* programs(world)
      const program = yield* start()
      yield* Effect.forkChild(Effect.exit(startJob(program.jobs, yield* video())))
      yield* tasksAtKling(world, 1)
      expect(yield* secondsToClose(program)).toBe(20)
      const [task] = world.state.tasks.newestFirst()
      expect(yield* rows).toMatchObject([{ state: "ACCEPTED", taskId: task?.id }])
    })
  )

  it.effect("waits for the answer to a call, which the ledger then has", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const { start, rows } = yield* programs(world)
      const program = yield* start()
      yield* Effect.forkChild(Effect.exit(program.jobs.run(yield* speech)))
      yield* tasksAtKling(world, 1)
      expect(yield* secondsToClose(program)).toBe(20)
      expect(yield* rows).toMatchObject([{ state: "SUCCEEDED", outputs: [{ type: "audio" }] }])
    })
  )

  it.effect("waits for a pipeline's step that was sent, and sends no further step", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1 })
      const { start, rows } = yield* programs(world)
      const program = yield* start()
      const step = (id: string, plan: Plan, needs: ReadonlyArray<string>) => ({ ...stepFromPlan(id, plan, []), needs })
      const steps = [step("first", yield* video("first"), []), step("second", yield* video("second"), ["first"])]
      yield* Effect.forkChild(Effect.exit(startJob(program.jobs, yield* planPipeline("two", steps))))
      yield* tasksAtKling(world, 1)
      expect(yield* secondsToClose(program)).toBe(20)
      expect(yield* rows).toMatchObject([{ state: "ACCEPTED", prompt: "first" }])
    })
  )

  it.effect.each<ProgramOptions>([{ shutdownTimeout: "5 seconds" }, { shutdownSeconds: 5 }])(
    "waits no longer than the host allows: the next process recovers the request at once: %j",
    (options) =>
      Effect.gen(function* () {
        const world = new KlingWorld({ speed: 1 })
        const { start, rows } = yield* programs(world)
        const program = yield* start(options)
        yield* Effect.forkChild(Effect.exit(startJob(program.jobs, yield* video())))
        yield* tasksAtKling(world, 1)
        expect(yield* secondsToClose(program)).toBe(5)
        expect(yield* rows).toMatchObject([{ state: "SENDING" }])

        const next = yield* start()
        expect((yield* inVirtualTime(next.recovery.run))._tag).toBe("Success")
        yield* secondsToClose(next)
        expect(yield* rows).toMatchObject([{ state: "ACCEPTED", sends: 1 }])
        expect(world.state.tasks.size).toBe(1)
      })
  )

  it.effect("does not wait for queued requests, nor send them: the next process does, and waits for the answer", () =>
    Effect.gen(function* () {
      const world = new KlingWorld({ speed: 1, faults: { packs: { video: { concurrency: 1, units: 1e6 } } } })
      const { start, rows } = yield* programs(world)
      const program = yield* start({ answersAfterSeconds: 0 })
      yield* inVirtualTime(Effect.flatMap(video("running"), (plan) => startJob(program.jobs, plan)))
      yield* inVirtualTime(startJob(program.jobs, yield* video("queued"), { answerWithin: "3 seconds" }))
      expect(yield* secondsToClose(program)).toBe(0)
      expect(yield* rows).toMatchObject([{ state: "INTENT", prompt: "queued" }, { prompt: "running" }])

      yield* TestClock.adjust("10 minutes")
      const next = yield* start()
      yield* Effect.forkChild(inVirtualTime(next.recovery.run))
      yield* tasksAtKling(world, 2)
      expect(yield* secondsToClose(next)).toBeGreaterThan(10)
      expect((yield* rows)[0]).toMatchObject({ state: "ACCEPTED", prompt: "queued", sends: 1 })
    })
  )
})
