import { Config, Effect, type Layer, Option, Redacted } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { answerMillisOf } from "../ledger/lock-options.ts"

/** `KLINGKIT_DATABASE_URL`, if it is set. */
export const databaseUrl = Config.option(Config.Redacted("KLINGKIT_DATABASE_URL")).pipe(
  Effect.map(Option.filter((url) => Redacted.value(url).trim() !== ""))
)

/**
 * Two connections to the PostgreSQL that several servers share, for what they agree on beside the ledger; nothing if
 * `KLINGKIT_DATABASE_URL` is not set.
 */
export const databaseFromConfig: Effect.Effect<Layer.Layer<SqlClient, SqlError> | undefined> = databaseUrl.pipe(
  Effect.orElseSucceed(() => Option.none<Redacted.Redacted>()),
  Effect.flatMap(
    Option.match({
      onNone: () => Effect.succeed(undefined),
      // Loaded only when used: a program with a ledger file starts without it.
      onSome: (url) =>
        Effect.map(
          Effect.promise(() => import("./postgres-client.ts")),
          ({ postgresClient }) => postgresClient(url, answerMillisOf({}), { maxConnections: 2 })
        )
    })
  )
)
