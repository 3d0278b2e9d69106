import { Kling, type KlingError } from "@klingkit/core"
import { Jobs, jobsConfig } from "@klingkit/jobs"
import { Effect, type FileSystem, Layer, Logger, ManagedRuntime, type Path, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import type { Services } from "./build-server.ts"

/**
 * Kling and jobs as the environment describes them. It can always be built: a server starts without a key, and then
 * each call that needs Kling says what is missing.
 */
export const servicesFromConfig: Layer.Layer<Kling | Jobs, never, FileSystem.FileSystem | Path.Path> = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* Effect.orDie(jobsConfig)
    const kling = Kling.layerConfig.pipe(Layer.catch((error) => Layer.succeed(Kling, unavailable(error))))
    return Jobs.layer(config).pipe(Layer.provideMerge(kling), Layer.provide(FetchHttpClient.layer))
  })
)

const unavailable = (error: KlingError) =>
  Kling.of({
    credential: "api-key",
    submit: () => Effect.fail(error),
    call: () => Effect.fail(error),
    task: () => Effect.fail(error),
    follow: () => Stream.fail(error),
    tasks: () => Stream.fail(error)
  })

/** The services for one process; built when the first tool is called. Whatever they log goes to stderr. */
export const makeServices = (disk: Layer.Layer<FileSystem.FileSystem | Path.Path>): Services =>
  ManagedRuntime.make(
    servicesFromConfig.pipe(
      Layer.provide(disk),
      Layer.provideMerge(Layer.mergeAll(Logger.layer([Logger.consoleLogFmt]), Layer.succeed(Logger.LogToStderr, true)))
    )
  )
