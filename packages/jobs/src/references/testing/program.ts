import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Kling, type Plan } from "@klingkit/core"
import { type AnyRequest, fieldName, type PipelinePlan } from "@klingkit/core/requests"
import { emulatorHttpClient, KlingWorld } from "@klingkit/emulator"
import { FileHost, type FrameDecoder, NotDecoded } from "@klingkit/media"
import { nodeFileHost } from "@klingkit/media/node"
import { inVirtualTime, sampleVideo } from "@klingkit/media/testing"
import { Context, Effect, FileSystem, Layer, Option, Redacted, Result, Stream } from "effect"
import { HttpClient } from "effect/http"
import { Jobs, type RunOptions } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import { temporaryFolder } from "../../ledger/testing/test-database.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"
import { startJob } from "../../submit/testing/start-job.ts"
import { shadedImage } from "./shaded-image.ts"

/** Results are at one of Kling's own hosts. */
const baseUrl = "https://cdn.klingai.com"

/** What the decoder of a test gives for a frame. */
export const frames = { first: shadedImage(251), last: shadedImage(252) }

interface ProgramOptions {
  /** Whether a decoder is at hand. */
  readonly decodes?: boolean
  /** What its decoder gives for a frame. */
  readonly frames?: typeof frames
}

/** A world whose every file is different, with one ledger for all programs in it. */
export const referenceWorld = Effect.gen(function* () {
  let shade = 0
  const world = new KlingWorld({
    baseUrl,
    render: ({ kind }) =>
      Effect.sync(() =>
        kind === "video"
          ? { bytes: new Uint8Array(sampleVideo(2000, ++shade)), contentType: "video/mp4" }
          : { bytes: new Uint8Array(shadedImage(++shade)), contentType: "image/png" }
      )
  })
  const folder = yield* temporaryFolder("klingkit-references-")
  const client = emulatorHttpClient(world)
  const decoded: Array<string> = []
  const fs = Context.get(yield* Layer.build(NodeFileSystem.layer), FileSystem.FileSystem)
  const ledger = Context.get(yield* Layer.build(layerSqlite(`${folder}/ledger.db`)), Ledger)
  const outputDir = `${folder}/out`

  const start = Effect.fnUntraced(function* ({ decodes = true, frames: given = frames }: ProgramOptions = {}) {
    const decoder: FrameDecoder = {
      frame: (path, which) =>
        fs.readFile(path).pipe(
          Effect.mapError(({ message }) => new NotDecoded({ detail: message })),
          Effect.map(() => {
            decoded.push(which)
            return given[which]
          })
        ),
      keyFrames: () => new NotDecoded({ detail: "not in these tests" })
    }
    const frameDecoder = Effect.succeed(decoder)
    const host = Layer.effect(
      FileHost,
      Effect.gen(function* () {
        const http = yield* HttpClient.HttpClient
        const { frameDecoder: _, ...node } = yield* FileHost
        return { ...node, connect: () => Effect.succeed(http), ...(decodes ? { frameDecoder } : {}) }
      })
    ).pipe(Layer.provide([nodeFileHost, client]))
    const context = yield* Layer.build(
      Jobs.layer({ homeDir: "/", outputDir, inputDirs: [], limits: {}, principal: "local" }).pipe(
        Layer.provideMerge(
          Kling.layer({
            credentials: { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) },
            baseUrl
          })
        ),
        Layer.provide(client),
        Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(ledger) })),
        Layer.provide([NodeFileSystem.layer, NodePath.layer, host])
      )
    )
    const jobs = Context.get(context, Jobs)
    const inTime = <A, E>(effect: Effect.Effect<A, E>) => Effect.map(inVirtualTime(effect), Result.getOrThrow)
    const plan = (request: AnyRequest, input: object) => inVirtualTime(jobs.plan(request, input, fieldName))
    const run = (planned: Plan | PipelinePlan, options?: RunOptions) => inTime(jobs.run(planned, options))
    return {
      jobs,
      plan: (request: AnyRequest, input: object) => Effect.map(plan(request, input), Result.getOrThrow),
      /** The message of the error that it is refused with. */
      refusal: (request: AnyRequest, input: object) =>
        Effect.map(plan(request, input), (planned) =>
          Result.isFailure(planned) ? planned.failure.message : "is not refused"
        ),
      run,
      /** Makes something and waits for it. */
      make: (request: AnyRequest, input: object) =>
        Effect.gen(function* () {
          const planned = Result.getOrThrow(yield* plan(request, input))
          return yield* inTime(
            Effect.gen(function* () {
              const { handle } = yield* startJob(jobs, planned)
              return Option.getOrThrow(yield* Stream.runLast(jobs.follow(handle)))
            })
          )
        }),
      download: (handle: string) => inTime(Effect.flatMap(jobs.status(handle), (job) => jobs.download(job)))
    }
  })

  return { world, ledger, fs, outputDir, start, decoded: () => decoded, paidFor: () => world.state.tasks.size }
})
