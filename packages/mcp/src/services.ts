import { Kling } from "@klingkit/core"
import { type FileHost, jobFolders, Jobs, type LedgerSource, spendLimits } from "@klingkit/jobs"
import { Effect, type FileSystem, Layer, Logger, ManagedRuntime, type Path, Result } from "effect"
import { StateSeal } from "./approval/state-seal.ts"
import type { Services } from "./build-server.ts"

/** What an app brings along. */
type Disk = FileSystem.FileSystem | Path.Path | FileHost | LedgerSource

/**
 * Kling and jobs as the environment describes them. It can always be built: a server starts without a key, and then
 * each call that needs Kling says what is missing.
 */
export const servicesFromConfig: Layer.Layer<Kling | Jobs | StateSeal, never, Disk> = Layer.merge(
  StateSeal.layerConfig,
  Layer.unwrap(
    Effect.gen(function* () {
      const folders = yield* Effect.orDie(jobFolders)
      const limits = yield* Effect.result(spendLimits)
      // A limit that cannot be read must stop every request, not none.
      const kling = Result.isFailure(limits)
        ? Kling.layerFailing(limits.failure)
        : Kling.layerConfig.pipe(Layer.catch(Kling.layerFailing))
      const config = { ...folders, limits: Result.getOrElse(limits, () => ({})), principal: "local", isResident: true }
      return Jobs.layer(config).pipe(Layer.provideMerge(kling))
    })
  )
)

/** The services for one process; built when the first tool is called. Whatever they log goes to stderr. */
export const makeServices = (disk: Layer.Layer<Disk>): Services =>
  ManagedRuntime.make(
    servicesFromConfig.pipe(
      Layer.provide(disk),
      Layer.provideMerge(Layer.mergeAll(Logger.layer([Logger.consoleLogFmt]), Layer.succeed(Logger.LogToStderr, true)))
    )
  )
