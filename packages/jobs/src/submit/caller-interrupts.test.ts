import { NodePath } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Kling, operations, planOperation, planVideo } from "@klingkit/core"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost } from "@klingkit/media"
import { inVirtualTime } from "@klingkit/media/testing"
import { Effect, Fiber, FileSystem, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Jobs } from "../jobs.ts"
import { LedgerSource } from "../ledger/ledger-source.ts"
import { layerSqliteMemory } from "../sqlite/sqlite-ledger.ts"
import { startJob } from "./testing/start-job.ts"

/** Jobs with a Kling in memory whose answers are slow. */
const slowKling = (world: KlingWorld) => {
  const slow = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.tap(() => Effect.sleep("20 seconds"))))
  ).pipe(Layer.provide(emulatorHttpClient(world)))
  const apiKey = Redacted.make(world.keys.apiKey)
  const kling = Kling.layer({ credentials: { kind: "api-key", apiKey }, baseUrl: "https://kling.example" })
  const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits: {}, principal: "local" }
  return Jobs.layer(config).pipe(
    Layer.provide(kling),
    Layer.provide(slow),
    Layer.provide(LedgerSource.layer(layerSqliteMemory)),
    Layer.provide([
      FileSystem.layerNoop({}),
      NodePath.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
}

describe("an interrupted caller", () => {
  it.effect("does not interrupt its submission: the handle, known before anything is sent, finds the task", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const plan = yield* planVideo({ prompt: "a cat" }, "api-key")
      yield* Effect.gen(function* () {
        const jobs = yield* Jobs
        const calls: Array<readonly [handle: string, tasksAtKling: number]> = []
        const onHandle = (handle: string) => Effect.sync(() => void calls.push([handle, world.state.tasks.size]))
        const waiting = yield* Effect.forkChild(startJob(jobs, plan, { onHandle }))
        while (calls.length === 0) yield* TestClock.withLive(Effect.sleep("1 millis"))
        yield* Fiber.interrupt(waiting)
        expect(calls.map(([, tasks]) => tasks)).toEqual([0])

        yield* inVirtualTime(Effect.sleep("60 seconds"))
        const [handle = ""] = calls[0] ?? []
        const { jobs: recorded } = yield* jobs.history()
        expect(recorded.map((job) => [job.handle, job.state])).toEqual([[handle, "ACCEPTED"]])
        expect([...world.state.tasks.newestFirst()].map((task) => task.externalId)).toEqual([handle])
      }).pipe(Effect.provide(slowKling(world)))
    })
  )

  it.effect("does not interrupt its call, which cannot be looked up: its answer is stored", () =>
    Effect.gen(function* () {
      const world = new KlingWorld()
      const { example } = operations["legacy.tts"]
      const plan = yield* planOperation(operations["legacy.tts"], example)
      yield* Effect.gen(function* () {
        const jobs = yield* Jobs
        const waiting = yield* Effect.forkChild(jobs.run(plan))
        while (world.state.tasks.size === 0) yield* TestClock.withLive(Effect.sleep("1 millis"))
        yield* Fiber.interrupt(waiting)
        yield* inVirtualTime(Effect.sleep("20 seconds"))
        const { jobs: recorded } = yield* jobs.history()
        expect(recorded.map(({ state, outputs }) => [state, outputs.length])).toEqual([["SUCCEEDED", 1]])
        expect(world.state.tasks.size).toBe(1)
      }).pipe(Effect.provide(slowKling(world)))
    })
  )
})
