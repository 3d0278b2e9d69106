import { fetchHttpClient, Kling } from "@klingkit/core"
import {
  accountName,
  type FileHost,
  jobFolders,
  Jobs,
  type LedgerSource,
  repeatWithin,
  spendLimits
} from "@klingkit/jobs"
import type { ToolNeeds } from "@klingkit/tools"
import { Effect, type FileSystem, Layer, Logger, ManagedRuntime, type Path, Result } from "effect"
import { SignedState } from "./approval/signed-state.ts"
import type { Services } from "./build-server.ts"

/** What an app provides. */
type Disk = FileSystem.FileSystem | Path.Path | FileHost | LedgerSource

/**
 * Kling and jobs, configured by the environment. Building never fails: a server starts without a key, and each call that
 * needs Kling reports what is missing.
 */
export const servicesFromConfig: Layer.Layer<ToolNeeds | SignedState, never, Disk> = Layer.merge(
  SignedState.layerConfig,
  Layer.unwrap(
    Effect.gen(function* () {
      const folders = yield* Effect.orDie(jobFolders)
      const account = yield* Effect.orDie(accountName)
      const repeats = yield* Effect.orElseSucceed(repeatWithin, () => ({}))
      const limits = yield* Effect.result(spendLimits)
      // An unreadable limit must block every request rather than none.
      const kling = Result.isFailure(limits)
        ? Kling.layerFailing(limits.failure)
        : Kling.layerConfig().pipe(Layer.provide(fetchHttpClient), Layer.catch(Kling.layerFailing))
      const config = {
        ...folders,
        ...account,
        ...repeats,
        limits: Result.getOrElse(limits, () => ({})),
        principal: "local",
        isLongRunning: true
      }
      return Jobs.layer(config).pipe(Layer.provideMerge(kling))
    })
  )
)

/** The services of one process, built when the first tool is called. They log to stderr. */
export const makeServices = (disk: Layer.Layer<Disk>): Services =>
  ManagedRuntime.make(
    servicesFromConfig.pipe(
      Layer.provide(disk),
      Layer.provideMerge(Layer.mergeAll(Logger.layer([Logger.consoleLogFmt]), Layer.succeed(Logger.LogToStderr, true)))
    )
  )
