import * as PgClient from "@effect/sql-pg/PgClient"
import { Clock, Effect, Fiber, Layer, type Redacted, Scope } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"

/** A client that nothing waits for longer than `answerMillis` to close. */
export const postgresClient = (
  url: Redacted.Redacted,
  answerMillis: number,
  pool: Pick<PgClient.PgPoolConfig, "maxConnections"> = {}
): Layer.Layer<PgClient.PgClient | SqlClient, SqlError> =>
  closedWithin(
    answerMillis,
    PgClient.layer({
      ...pool,
      url,
      applicationName: "klingkit",
      // What a connection has prepared fails once a server of a later release has added a column; poolers may lose it, too.
      prepare: false,
      // Requests with images inside are stored until their outcome is known, and read back after a crash.
      maxMessageSize: 256 * 1024 * 1024,
      // A listener only reads: without probes it would never learn that its line is dead.
      keepAlive: "30 seconds",
      // Later than the ledger's own limit, which says what has happened.
      connectTimeout: 2 * answerMillis
    })
  )

/** Closing a client waits for its statements: a server that is frozen must not keep a program from ending. */
const closedWithin = <A, E>(millis: number, client: Layer.Layer<A, E>): Layer.Layer<A, E> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const scope = yield* Effect.acquireRelease(Scope.make(), (scope, exit) =>
        Effect.forkDetach(Scope.close(scope, exit)).pipe(
          Effect.flatMap((closing) => Effect.raceFirst(Fiber.await(closing), realSleep(millis)))
        )
      )
      return yield* Layer.buildWithScope(client, scope)
    })
  )

const realSleep = (millis: number) =>
  Effect.provideService(Effect.sleep(millis), Clock.Clock, Clock.Clock.defaultValue())

/** Host, port and database, without credentials and options. What is not clearly a host is left out: it may be a password. */
export const locationOf = (text: string): string => {
  if (!URL.canParse(text)) return "PostgreSQL"
  const { host, pathname } = new URL(text)
  // Without `//`, or with a slash in the password, a part of the credentials is parsed as the path.
  return host === "" || /[@:]/.test(pathname) ? "PostgreSQL" : `PostgreSQL ${host}${pathname}`
}
