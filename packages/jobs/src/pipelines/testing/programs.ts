import { NodePath } from "@effect/platform-node"
import { Kling } from "@klingkit/core"
import { controlWorld, emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost } from "@klingkit/media"
import { inVirtualTime } from "@klingkit/media/testing"
import { Context, Deferred, Effect, Exit, FileSystem, Layer, Option, Redacted, Scope, Stream } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import type { SpendLimits } from "../../spend-limits.ts"
import { layerSqliteMemory } from "../../sqlite/sqlite-ledger.ts"
import type { PipelinePlan } from "@klingkit/core/requests"
import type { Pipelines, StartPipelineOptions } from "../pipelines.ts"
import { planSamplePipeline } from "./sample-pipeline.ts"
import { startJob } from "../../submit/testing/start-job.ts"

/** A Kling and a ledger that outlive the programs that use them. */
export const makeHome = Effect.gen(function* () {
  const world = new KlingWorld()
  const ledger = Context.get(yield* Layer.build(layerSqliteMemory), Ledger)
  return { world, ledger }
})

export type Home = Effect.Success<typeof makeHome>

/** Injects a fault into Kling. */
export const injectFault = ({ world }: Home, fault: Readonly<Record<string, unknown>>) =>
  controlWorld(world, "POST faults", { faults: [fault] })

interface ProgramOptions {
  readonly limits?: SpendLimits
  readonly callsUntilCrash?: number
  /** A request to Kling that contains this text stops it as well, before it is sent. */
  readonly crashOn?: string
}

/** A program with a home; after `callsUntilCrash` calls to the ledger or to Kling it stops for good, in the middle of a call. */
export const program = (
  { world, ledger }: Home,
  { limits = {}, callsUntilCrash = Infinity, crashOn }: ProgramOptions = {}
) => {
  let calls = 0
  let lastCall = callsUntilCrash
  const crashed = Deferred.makeUnsafe<void>()
  const alive = Effect.suspend(() => (calls > lastCall ? Effect.never : Effect.void))
  const call = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(
      Effect.suspend(() => {
        calls += 1
        return calls > lastCall ? Effect.andThen(Deferred.succeed(crashed, undefined), Effect.never) : Effect.void
      }),
      Effect.tap(work, () => alive)
    )
  const crashable = <S extends object>(service: S): S =>
    new Proxy(service, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value === "object" && value !== null) return crashable(value)
        return typeof value === "function"
          ? (...args: ReadonlyArray<unknown>) => call(value(...args) as Effect.Effect<unknown>)
          : value
      }
    })
  const http = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.transform(client, (work, { body }) => {
        const isPoison = crashOn !== undefined && body._tag === "Uint8Array" && textOf(body.body).includes(crashOn)
        return call(isPoison ? Effect.andThen(crash, Effect.never) : work)
      })
    )
  ).pipe(Layer.provide(emulatorHttpClient(world)))
  const apiKey = Redacted.make(world.keys.apiKey)
  const kling = Kling.layer({ credentials: { kind: "api-key", apiKey }, baseUrl: "http://127.0.0.1" })
  const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits, principal: "local" }
  const jobs = Jobs.layer(config).pipe(
    Layer.provide(kling),
    Layer.provide(http),
    Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(crashable(ledger)) })),
    Layer.provide([
      FileSystem.layerNoop({}),
      NodePath.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
  /** Stops it now: what it has sent arrives, but none of its calls returns. */
  const crash = Effect.suspend(() => {
    lastCall = -1
    return Deferred.succeed(crashed, undefined)
  })
  return { jobs, crash, crashed: Deferred.await(crashed) }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The same command each time: starts the pipeline or finds it again, and follows it to its end. */
export const runSample = (
  options: StartPipelineOptions = {},
  plan: Effect.Effect<PipelinePlan, unknown> = planSamplePipeline("api-key")
) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const { handle } = yield* startJob(jobs, yield* Effect.orDie(plan), options)
    return yield* Effect.map(Stream.runLast(jobs.follow(handle)), Option.getOrThrow)
  })

/** Runs a program until it ends, or crashes and returns nothing. The next one starts a few minutes later. */
export const run = <A, E>(work: Effect.Effect<A, E, Jobs | Pipelines>, started: ReturnType<typeof program>) =>
  Effect.ensuring(inVirtualTime(ended(work, started)), TestClock.adjust("3 minutes"))

/** Its result, or nothing if it crashes. */
export const ended = <A, E>(
  work: Effect.Effect<A, E, Jobs | Pipelines>,
  { jobs, crashed }: ReturnType<typeof program>
) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(jobs, scope)
    const result = yield* Effect.raceFirst(
      Effect.asSome(Effect.provideContext(work, context)),
      Effect.as(crashed, Option.none<A>())
    ).pipe(Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))))
    // A crashed program runs no finalizers.
    if (Option.isSome(result)) yield* Scope.close(scope, Exit.void)
    return result
  })

/** What Kling has charged: by operation, and in total. */
export const charged = ({ world }: Home) =>
  Effect.map(world.now, (now) => {
    world.state.advanceTo(now)
    const charges = world.state.charges.map(({ charge }) => charge)
    return {
      operations: charges.map(({ operation }) => operation),
      usd: Math.round(charges.reduce((sum, { usd }) => sum + usd, 0) * 1e6) / 1e6
    }
  })
