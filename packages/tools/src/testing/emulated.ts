import { type CredentialKind, Kling } from "@klingkit/core"
import { controlWorld, emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost, Jobs, LedgerSource, type SpendLimits } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Effect, FileSystem, Layer, Path, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { findTool } from "../catalog.ts"

/** Kling in memory and jobs without a disk, on the test clock. */
export const emulated = (
  world: KlingWorld = new KlingWorld(),
  limits: SpendLimits = {},
  credential: CredentialKind = "api-key"
) => {
  const kling = Kling.layer({
    credentials:
      credential === "api-key"
        ? { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) }
        : { kind: "key-pair", accessKey: world.keys.accessKey, secretKey: Redacted.make(world.keys.secretKey) },
    baseUrl: "http://127.0.0.1"
  })
  const jobs = Jobs.layer({
    homeDir: "/home/me",
    outputDir: "/home/me/klingkit",
    inputDirs: [],
    limits,
    principal: "local"
  })
  const http = emulatorHttpClient(world)
  const files = Layer.mock(FileHost)({
    connect: () => Effect.provide(HttpClient.HttpClient, http),
    freeBytes: () => Effect.succeed(undefined),
    frameDecoder: Effect.succeed(undefined)
  })
  const disk = Layer.mergeAll(FileSystem.layerNoop({}), Path.layer, files)
  return jobs.pipe(
    Layer.provideMerge(Layer.merge(kling, LedgerSource.layer(layerSqliteMemory))),
    Layer.provide(Layer.merge(http, disk))
  )
}

/** Records what Kling is sent from now on: the body of each request, or its query when there is no body. */
export const requestsIn = (world: KlingWorld): (() => ReadonlyArray<unknown>) => {
  const requests: Array<unknown> = []
  const answer = world.answer.bind(world)
  Object.assign(world, {
    answer: (request: Parameters<typeof answer>[0]) => {
      requests.push(request.body === "" ? Object.fromEntries(request.query) : JSON.parse(request.body))
      return answer(request)
    }
  })
  return () => requests
}

export const requestsSeen = (world: KlingWorld) =>
  Effect.map(controlWorld(world, "GET requests"), ({ requests }) => requests)
export const ledgerOf = (world: KlingWorld) => controlWorld(world, "GET ledger")
/** Lets every task finish. */
export const passTime = (world: KlingWorld) => controlWorld(world, "POST advance", { seconds: 3600 })
export const injectFault = (world: KlingWorld, fault: Readonly<Record<string, unknown>>) =>
  controlWorld(world, "POST faults", { faults: [fault] })

/** Calls a tool; its result with the lines as one text. */
export const call = Effect.fnUntraced(function* (name: string, args: Readonly<Record<string, unknown>>) {
  const tool = findTool(name)
  if (tool === undefined) return yield* Effect.die(`no tool ${name}`)
  const result = yield* tool.call(args)
  return {
    ...result,
    structured: result.structured as Readonly<Record<string, unknown>>,
    text: result.lines.join("\n")
  }
})

/** Runs an effect while time passes, slowly enough for what is not on the test clock to keep up. */
export const whileTimePasses = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const step = Effect.andThen(TestClock.withLive(Effect.sleep("1 millis")), TestClock.adjust("50 millis"))
  return Effect.raceFirst(effect, Effect.forever(step))
}

/** Starts a task; returns the id that klingkit printed. */
export const startTask = (name: string, args: Readonly<Record<string, unknown>> = { prompt: "a cat" }) =>
  Effect.map(call(name, args), ({ structured }) => structured["task_id"] as string)

/** The error with which a call fails. */
export const failure = (name: string, args: Readonly<Record<string, unknown>>) => Effect.flip(call(name, args))
