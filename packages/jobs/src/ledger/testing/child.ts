// A second program: opens the ledger that its argument names, then begins what each line of its input asks for.
import { Effect, Redacted, Stream } from "effect"
import { createInterface } from "node:readline"
import { argv, stdin } from "node:process"
import { layerPostgres } from "../../postgres/postgres-ledger.ts"
import { layerSqlite } from "../../sqlite/sqlite-ledger.ts"
import type { Intent } from "../begin-job.ts"
import { Ledger } from "../ledger.ts"

const place = argv[2] ?? ""
const layer = place.startsWith("postgres:") ? layerPostgres(Redacted.make(place)) : layerSqlite(place)

const say = (value: unknown) => Effect.sync(() => console.log(JSON.stringify(value)))

const beginAll = Effect.fnUntraced(function* (intents: ReadonlyArray<Intent>) {
  const ledger = yield* Ledger
  return yield* Effect.forEach(
    intents,
    (intent) =>
      ledger.begin(intent).pipe(
        Effect.map(({ job, isNew }) => ({ handle: job.handle, isNew })),
        Effect.catch((error) => Effect.succeed({ code: error.code }))
      ),
    { concurrency: "unbounded" }
  )
})

const program = Effect.gen(function* () {
  yield* Ledger
  yield* say("open")
  yield* Stream.fromAsyncIterable(createInterface({ input: stdin }), String).pipe(
    Stream.runForEach((line) => Effect.flatMap(beginAll(JSON.parse(line) as ReadonlyArray<Intent>), say))
  )
})

await Effect.runPromise(Effect.provide(program, layer))
