import * as PgClient from "@effect/sql-pg/PgClient"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { kill } from "node:process"
import { type PostgresServer, startPostgres } from "./postgres-server.ts"

/** A server that can be stopped in the middle of its work: its connections stay open, and it answers nothing. */
export interface FreezableServer {
  readonly freeze: Effect.Effect<void, SqlError>
  readonly thaw: Effect.Effect<void>
  /** Over a connection of its own. */
  readonly sql: SqlClient
}

/** A server of its own that can be frozen, with the URL of its ledger. */
export const startFreezable = Effect.gen(function* () {
  const server = yield* startPostgres
  return { ...(yield* freezable(server, "public")), url: server.url("public") }
})

/** Stops every process of a server, and continues those that it stopped; at the latest when the scope closes. */
export const freezable = Effect.fnUntraced(function* (
  server: PostgresServer,
  schema: string
): Effect.fn.Return<FreezableServer, SqlError, Scope.Scope> {
  const layer = PgClient.layerFrom(PgClient.makeClient({ url: server.url(schema) }))
  const context = yield* Effect.provideService(Layer.build(layer), Clock.Clock, Clock.Clock.defaultValue())
  const sql = Context.get(context, SqlClient)
  const stopped = new Set<number>()
  const resume = Effect.sync(() => {
    for (const pid of stopped) signal(pid, "SIGCONT")
    stopped.clear()
  })
  const stop = (pid: number): void => {
    signal(pid, "SIGSTOP")
    stopped.add(pid)
  }
  yield* Effect.addFinalizer(() => resume)
  return {
    sql,
    thaw: Effect.andThen(resume, Effect.orDie(untilIdle(sql))),
    freeze: Effect.gen(function* () {
      // First the one that starts the others.
      stop(server.pid)
      for (const { pid } of yield* sql<{ readonly pid: number }>`SELECT pid FROM pg_stat_activity`) stop(pid)
    })
  }
})

/**
 * Waits until the server has answered, and has ended what it was doing when it was stopped: transactions that clients have given
 * up hold their locks until then.
 */
const untilIdle = (sql: SqlClient) =>
  sql`SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'`.pipe(
    Effect.repeat({ until: (rows) => rows.length === 0 }),
    Effect.asVoid
  )

/** A process that has ended by itself needs no signal. */
const signal = (pid: number, name: "SIGSTOP" | "SIGCONT"): void => {
  try {
    kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}
