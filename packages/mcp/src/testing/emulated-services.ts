import { Kling } from "@klingkit/core"
import { controlWorld, emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost, Jobs, LedgerSource, type SpendLimits } from "@klingkit/jobs"
import { layerSqliteMemory } from "@klingkit/jobs/sqlite"
import { Effect, FileSystem, Layer, Logger, ManagedRuntime, Path, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { SignedState } from "../approval/signed-state.ts"

interface EmulatedOptions {
  readonly limits?: SpendLimits
  readonly principal?: string
  /** Shared with other processes; private when absent. */
  readonly ledger?: Layer.Layer<LedgerSource>
  /** Signs request state; random when absent. */
  readonly key?: Uint8Array
}

/** Kling in memory behind the tools, on the test clock. */
export const emulatedServices = (
  world: KlingWorld = new KlingWorld(),
  { limits = {}, principal = "local", ledger = LedgerSource.layer(layerSqliteMemory), key }: EmulatedOptions = {}
) => {
  const kling = Kling.layer({
    credentials: { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) },
    baseUrl: "http://127.0.0.1"
  })
  const jobs = Jobs.layer({
    homeDir: "/home/me",
    outputDir: "/home/me/klingkit",
    inputDirs: [],
    limits,
    principal
  })
  const files = Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
  const disk = Layer.mergeAll(FileSystem.layerNoop({}), Path.layer, files)
  const services = ManagedRuntime.make(
    jobs.pipe(
      Layer.provideMerge(kling),
      Layer.provide(Layer.mergeAll(emulatorHttpClient(world), disk, ledger)),
      Layer.merge(key === undefined ? SignedState.layerConfig : SignedState.layer(key)),
      Layer.provideMerge(Layer.mergeAll(TestClock.layer(), Logger.layer([]))),
      Layer.orDie
    )
  )
  /** Calls the emulator's control plane: `GET ledger`, `POST faults`. */
  const control = (route: string, body?: unknown) => services.runPromise(controlWorld(world, route, body))
  return {
    services,
    control,
    injectFault: (...faults: ReadonlyArray<Readonly<Record<string, unknown>>>) => control("POST faults", { faults }),
    /** Advances every clock. */
    pass: (seconds: number) => services.runPromise(TestClock.adjust(seconds * 1000))
  }
}
