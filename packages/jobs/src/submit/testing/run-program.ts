import { Kling, type KlingError, planVideo } from "@klingkit/core"
import { Clock, Context, Effect, FileSystem, Layer, Path, Option, Redacted, References, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { FileHost } from "../../files/file-host.ts"
import { planFilm } from "../../chains/testing/film.ts"
import type { JobError } from "../../job-error.ts"
import { Jobs } from "../../jobs.ts"
import { Ledger } from "../../ledger/ledger.ts"
import type { LedgerError } from "../../ledger/ledger-error.ts"
import { LedgerSource } from "../../ledger/ledger-source.ts"
import { layerPostgres } from "../../postgres/postgres-ledger.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"
import { ImpatientClock } from "./impatient-clock.ts"
import { httpWithPoints, ledgerWithPoints, type Way } from "./kill-points.ts"

/** One run of a program: on which ledger, against which Kling, and how many minutes after the first. */
export interface Run {
  readonly ledger: string
  readonly url: string
  readonly apiKey: string
  readonly minutesLater: number
}

/** Runs `work` over the real ledger and a Kling behind a socket, on a clock that does not wait. */
export const runProgram = <A>(
  { ledger: place, url, apiKey, minutesLater }: Run,
  way: Way,
  work: (jobs: Jobs["Service"]) => Effect.Effect<A, KlingError | JobError | LedgerError>
): Effect.Effect<A, KlingError | JobError | LedgerError> => {
  const clock = new ImpatientClock(minutesLater * 60_000)
  const opened = place.startsWith("postgres:") ? layerPostgres(Redacted.make(place)) : layerSqlite(place)
  const ledger = Layer.effect(
    Ledger,
    // A connection is made, and kept, in real time.
    Layer.build(opened).pipe(
      Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
      Effect.map((built) => ledgerWithPoints(Context.get(built, Ledger), clock, way))
    )
  )
  const layer = Jobs.layer({ homeDir: "/", outputDir: "/none", inputDirs: [], limits: {}, principal: "local" }).pipe(
    Layer.provide(Kling.layerHttp({ credentials: { kind: "api-key", apiKey: Redacted.make(apiKey) }, baseUrl: url })),
    Layer.provide(httpWithPoints(clock, way)),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(LedgerSource.layer(ledger)),
    Layer.provide([
      FileSystem.layerNoop({}),
      Path.layer,
      Layer.mock(FileHost)({ freeBytes: () => Effect.succeed(undefined) })
    ])
  )
  return Effect.flatMap(Jobs, work).pipe(
    Effect.provide(layer),
    Effect.provideService(References.MinimumLogLevel, "None"),
    Effect.provideService(Clock.Clock, clock)
  )
}

/** The one chain that every program of an experiment is about: begun, or found again, and followed to its end. */
export const makeFilm = (jobs: Jobs["Service"]) =>
  planFilm("api-key").pipe(
    Effect.flatMap((chain) => jobs.begin(chain, { idempotencyKey: "the film" })),
    Effect.flatMap(({ handle }) => Stream.runLast(jobs.follow(handle))),
    Effect.map(Option.getOrUndefined)
  )

/** The one request that every program of an experiment is about; what others left is taken up before, not meanwhile. */
export const submitFilm = (jobs: Jobs["Service"]) =>
  Effect.andThen(
    jobs.recover,
    Effect.flatMap(planVideo({ prompt: "a lighthouse" }, "api-key"), (plan) =>
      jobs.submit(plan, { idempotencyKey: "the film" })
    )
  )
