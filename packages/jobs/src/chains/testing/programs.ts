import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Kling } from "@klingkit/core"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { Context, Deferred, Effect, Layer, Option, Redacted, Stream } from "effect"
import { HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { FileHost } from "../../files/file-host.ts"
import { inVirtualTime } from "../../files/testing/virtual-time.ts"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import type { SpendLimits } from "../../spend-limits.ts"
import { layerSqliteMemory } from "../../sqlite/sqlite-ledger.ts"
import type { ChainPlan } from "../chain-plan.ts"
import type { BeginChainOptions } from "../chains.ts"
import { planFilm } from "./film.ts"

/** A Kling and a ledger that outlive the programs which use them. */
export const makeHome = Effect.gen(function* () {
  const world = new KlingWorld()
  const ledger = Context.get(yield* Layer.build(layerSqliteMemory), Ledger)
  return { world, ledger }
})

export type Home = Effect.Success<typeof makeHome>

/** Kling meets a fault. */
export const strike = ({ world }: Home, fault: Readonly<Record<string, unknown>>) =>
  world.answer({
    method: "POST",
    path: "/_emulator/faults",
    query: new URLSearchParams(),
    headers: {},
    body: JSON.stringify({ faults: [fault] })
  })

/** A program over a home; after so many calls to the ledger or to Kling it is dead, and nothing of it goes on. */
export const program = (
  { world, ledger }: Home,
  { limits = {}, callsToLive = Infinity }: { readonly limits?: SpendLimits; readonly callsToLive?: number } = {}
) => {
  let calls = 0
  const died = Deferred.makeUnsafe<void>()
  const alive = Effect.suspend(() => (calls > callsToLive ? Effect.never : Effect.void))
  const call = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.andThen(
      Effect.suspend(() => {
        calls += 1
        return calls > callsToLive ? Effect.andThen(Deferred.succeed(died, undefined), Effect.never) : Effect.void
      }),
      Effect.tap(work, () => alive)
    )
  const mortal = <S extends object>(service: S): S =>
    new Proxy(service, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name)
        if (typeof value === "object" && value !== null) return mortal(value)
        return typeof value === "function"
          ? (...args: ReadonlyArray<unknown>) => call(value(...args) as Effect.Effect<unknown>)
          : value
      }
    })
  const http = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) => HttpClient.transform(client, call))
  ).pipe(Layer.provide(emulatorHttpClient(world)))
  const apiKey = Redacted.make(world.keys.apiKey)
  const kling = Kling.layerHttp({ credentials: { kind: "api-key", apiKey }, baseUrl: "http://127.0.0.1" })
  const config = { homeDir: "/", outputDir: "/none", inputDirs: [], limits, principal: "local" }
  const jobs = Jobs.layer(config).pipe(
    Layer.provide(kling),
    Layer.provide(http),
    Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(mortal(ledger)) })),
    Layer.provide([
      NodeFileSystem.layer,
      NodePath.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
  return { jobs, died: Deferred.await(died) }
}

/** The same command each time: begins the chain or finds it again, and follows it to its end. */
export const make = (options: BeginChainOptions = {}, plan: Effect.Effect<ChainPlan, unknown> = planFilm("api-key")) =>
  Effect.gen(function* () {
    const jobs = yield* Jobs
    const { handle } = yield* jobs.begin(yield* Effect.orDie(plan), options)
    return yield* Effect.map(Stream.runLast(jobs.follow(handle)), Option.getOrThrow)
  })

/** Runs a program until it ends, or has died: then there is nothing. The next one comes a few minutes later. */
export const run = <A, E>(work: Effect.Effect<A, E, Jobs>, { jobs, died }: ReturnType<typeof program>) => {
  const ended = Effect.raceFirst(Effect.asSome(Effect.provide(work, jobs)), Effect.as(died, Option.none<A>()))
  return Effect.ensuring(inVirtualTime(ended), TestClock.adjust("3 minutes"))
}

/** What Kling has charged: by operation, and in all. */
export const charged = ({ world }: Home) =>
  Effect.map(world.now, (now) => {
    world.state.settle(now)
    const charges = world.state.bookings.map(({ charge }) => charge)
    return {
      operations: charges.map(({ operation }) => operation),
      usd: Math.round(charges.reduce((sum, { usd }) => sum + usd, 0) * 1e6) / 1e6
    }
  })
