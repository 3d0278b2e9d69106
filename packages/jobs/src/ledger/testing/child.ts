// Another process: opens the ledger that its argument names, then creates the jobs of each line on its standard input.
import { Effect, Redacted, Stream } from "effect"
import { createInterface } from "node:readline"
import { argv, stdin } from "node:process"
import { layerPostgres } from "../../postgres/postgres-ledger.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"
import type { NewJob } from "../create-job.ts"
import { Ledger } from "../ledger.ts"

const location = argv[2] ?? ""
const layer = location.startsWith("postgres:") ? layerPostgres(Redacted.make(location)) : layerSqlite(location)

const print = (value: unknown) => Effect.sync(() => console.log(JSON.stringify(value)))

const createAll = Effect.fnUntraced(function* (newJobs: ReadonlyArray<NewJob>) {
  const ledger = yield* Ledger
  return yield* Effect.forEach(
    newJobs,
    (newJob) =>
      ledger.createJob(newJob).pipe(
        Effect.map(({ job, isNew }) => ({ handle: job.handle, isNew })),
        Effect.catch((error) => Effect.succeed({ code: error.code }))
      ),
    { concurrency: "unbounded" }
  )
})

const program = Effect.gen(function* () {
  yield* Ledger
  yield* print("open")
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), String).pipe(
    Stream.runForEach((line) => Effect.flatMap(createAll(JSON.parse(line) as ReadonlyArray<NewJob>), print))
  )
})

await Effect.runPromise(Effect.provide(program, layer))
