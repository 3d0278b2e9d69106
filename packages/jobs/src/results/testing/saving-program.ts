import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { Kling } from "@klingkit/core"
import { emulatorHttpClient, type Fault, KlingWorld } from "@klingkit/emulator"
import { FileHost } from "@klingkit/media"
import { nodeFileHost } from "@klingkit/media/node"
import { inVirtualTime } from "@klingkit/media/testing"
import { Context, Effect, FileSystem, Layer, Redacted, Result } from "effect"
import { Base64 } from "effect/encoding"
import { HttpClient } from "effect/http"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import { temporaryFolder } from "../../ledger/testing/test-database.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"

/** A PNG of one pixel. */
const dot = Result.getOrThrow(
  Base64.decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)

/** A program that saves files of a Kling in memory, and what it has fetched. */
export const savingProgram = Effect.fnUntraced(function* (...faults: ReadonlyArray<Fault>) {
  const world = new KlingWorld({
    baseUrl: "https://kling.example",
    render: () => Effect.succeed({ bytes: new Uint8Array(dot), contentType: "image/png" }),
    faults: { faults }
  })
  const folder = yield* temporaryFolder("klingkit-downloads-")
  const client = emulatorHttpClient(world)
  const host = Layer.effect(
    FileHost,
    Effect.gen(function* () {
      const http = yield* HttpClient.HttpClient
      return { ...(yield* FileHost), connect: () => Effect.succeed(http) }
    })
  ).pipe(Layer.provide([nodeFileHost, client]))
  const kling = Kling.layer({
    credentials: { kind: "api-key", apiKey: Redacted.make(world.keys.apiKey) },
    baseUrl: "https://kling.example"
  })
  const ledger = Context.get(yield* Layer.build(layerSqlite(`${folder}/ledger.db`)), Ledger)
  const outputDir = `${folder}/out`
  const context = yield* Layer.build(
    Jobs.layer({ homeDir: "/", outputDir, inputDirs: [], limits: {}, principal: "local" }).pipe(
      Layer.provideMerge(kling),
      Layer.provide(client),
      Layer.provide(Layer.succeed(LedgerSource, { open: Effect.succeed(ledger) })),
      Layer.provide([NodeFileSystem.layer, NodePath.layer, host])
    )
  )
  const jobs = Context.get(context, Jobs)
  const fs = Context.get(yield* Layer.build(NodeFileSystem.layer), FileSystem.FileSystem)
  const media = Effect.map(fs.readDirectory(outputDir), (names) =>
    names.filter((name) => !name.endsWith(".json")).toSorted()
  )
  const fetches = () => world.state.requests.rows.filter(({ path }) => path.startsWith("/files/")).length
  const download = (id: string) => inVirtualTime(Effect.flatMap(jobs.status(id), (job) => jobs.download(job)))
  return { world, jobs, ledger, fs, outputDir, media, fetches, download }
})

export type SavingProgram = Effect.Success<ReturnType<typeof savingProgram>>
