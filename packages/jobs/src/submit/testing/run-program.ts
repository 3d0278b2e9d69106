import { type FindableByExternalId, Kling, type KlingError, operations, planOperation, planVideo } from "@klingkit/core"
import { FileHost } from "@klingkit/media"
import { Clock, Context, Effect, FileSystem, Layer, Path, Option, Redacted, References, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import type { JobError } from "../../job-error.ts"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import type { LedgerError } from "../../ledger/ledger-error.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import { planSamplePipeline } from "../../pipelines/testing/sample-pipeline.ts"
import { postgresClient } from "../../postgres/postgres-client.ts"
import { Recovery } from "../../recovery/recovery.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"
import { type CrashPoints, httpWithPoints, ledgerWithPoints } from "./crash-points.ts"
import { FastForwardClock } from "./fast-forward-clock.ts"
import { startJob } from "./start-job.ts"

/** One run of a program: with which ledger and which Kling, and how many minutes after the first. */
export interface Run {
  readonly ledger: string
  readonly url: string
  readonly apiKey: string
  readonly minutesLater: number
}

/** Runs `work` with a real ledger and a Kling behind a socket, on a clock that does not wait. */
export const runProgram = <A>(
  { ledger: location, url, apiKey, minutesLater }: Run,
  points: CrashPoints,
  work: Effect.Effect<A, KlingError | JobError | LedgerError, Jobs | Recovery>
): Effect.Effect<A, KlingError | JobError | LedgerError> => {
  const clock = new FastForwardClock(minutesLater * 60_000, points.hasCrashed)
  const opened = location.startsWith("postgres:") ? postgresLedger(location) : layerSqlite(location)
  const ledger = Layer.effect(
    Ledger,
    // Connections are opened, and kept, in real time.
    Layer.build(opened).pipe(
      Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
      Effect.map((built) => ledgerWithPoints(Context.get(built, Ledger), clock, points))
    )
  )
  const layer = Jobs.layer({ homeDir: "/", outputDir: "/none", inputDirs: [], limits: {}, principal: "local" }).pipe(
    Layer.provide(Kling.layer({ credentials: { kind: "api-key", apiKey: Redacted.make(apiKey) }, baseUrl: url })),
    Layer.provide(httpWithPoints(clock, points)),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(LedgerSource.layer(ledger)),
    Layer.provide([
      FileSystem.layerNoop({}),
      Path.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
  return work.pipe(
    Effect.provide(layer),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(Clock.Clock, clock)
  )
}

/** Leases end by the clock of the program, which does not wait; that of the server does. */
const postgresLedger = (url: string) =>
  Ledger.layer({ location: "PostgreSQL of the test" }).pipe(
    Layer.provide(Layer.orDie(postgresClient(Redacted.make(url), 15_000)))
  )

/** The pipeline that all programs of an experiment run: started or found again, and followed to its end. */
export const runSamplePipeline = Effect.gen(function* () {
  const jobs = yield* Jobs
  const { handle } = yield* startJob(jobs, yield* planSamplePipeline("api-key"), {
    idempotencyKey: "the sample",
    reuseSteps: true
  })
  return Option.getOrUndefined(yield* Stream.runLast(jobs.follow(handle)))
})

export const recover = Recovery.use((recovery) => recovery.run)

/** Of each `findableByExternalId`, a request that all programs of an experiment submit. */
const sampleRequests = {
  proven: planVideo({ prompt: "a lighthouse" }, "api-key"),
  unproven: planOperation(operations["legacy.virtual-try-on"], operations["legacy.virtual-try-on"].example),
  no: planOperation(operations["new.t2v.kling-4.0"], { prompt: "a lighthouse" })
} as const

/** Submits a request; orphaned jobs are recovered before it, not during it. */
export const submitSample = Effect.fnUntraced(function* (findable: FindableByExternalId) {
  yield* recover
  return yield* startJob(yield* Jobs, yield* sampleRequests[findable], { idempotencyKey: "the sample" })
})
