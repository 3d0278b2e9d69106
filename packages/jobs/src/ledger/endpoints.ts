import { Clock, Effect, Result, Schema } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { fieldsOfRow } from "./job-record.ts"
import { announceEndedSince } from "./messages.ts"

/** A program of the team that is notified when jobs end. Its secret is not in the ledger. */
export const Endpoint = Schema.Struct({
  /** Never given again: the secret is derived from it. */
  id: Schema.String,
  name: Schema.String,
  url: Schema.String,
  /** Whose jobs it hears of; of all when absent. */
  principal: Schema.optionalKey(Schema.String),
  /** SHA-256 of its secret, in hex: tells whether the server still derives the same one. */
  secretHash: Schema.String,
  createdAt: Schema.Int,
  /** It answered that it wants no more messages. */
  disabledAt: Schema.optionalKey(Schema.Int)
})
export type Endpoint = typeof Endpoint.Type

/** How an endpoint and its messages stand. */
export const EndpointReport = Schema.Struct({
  ...Endpoint.fields,
  delivered: Schema.Int,
  pending: Schema.Int,
  givenUp: Schema.Int,
  /** What it answered last to a message that it did not take. */
  lastFailure: Schema.optionalKey(Schema.String)
})
export type EndpointReport = typeof EndpointReport.Type

/** What is sent again. */
export type Replayed = { readonly since: number } | { readonly messageId: string }

/** False if the name is taken. */
export const addEndpoint = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { id, name, url, principal, secretHash }: Omit<Endpoint, "createdAt" | "disabledAt">
): Effect.fn.Return<boolean, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const row = { id, name, url, principal: principal ?? null, secret_hash: secretHash, created_at: now }
  const added = yield* sql`INSERT INTO klingkit_endpoints ${sql.insert(row)} ON CONFLICT (name) DO NOTHING RETURNING id`
  return added.length > 0
})

/** Its messages go with it. */
export const removeEndpoint = (database: LedgerDatabase["Service"], name: string): Effect.Effect<boolean, SqlError> => {
  const { sql } = database
  return database.transaction(
    Effect.gen(function* () {
      const [removed] = yield* sql<{ id: string }>`DELETE FROM klingkit_endpoints WHERE name = ${name} RETURNING id`
      if (removed === undefined) return false
      yield* sql`DELETE FROM klingkit_messages WHERE endpoint = ${removed.id}`
      return true
    })
  )
}

export const findEndpoint = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  name: string
): Effect.fn.Return<Endpoint | undefined, SqlError> {
  return (yield* sql`SELECT * FROM klingkit_endpoints WHERE name = ${name}`).flatMap(read(Endpoint))[0]
})

/** Those that want messages. */
export const activeEndpoints = Effect.fnUntraced(function* ({
  sql
}: LedgerDatabase["Service"]): Effect.fn.Return<ReadonlyArray<Endpoint>, SqlError> {
  return (yield* sql`SELECT * FROM klingkit_endpoints WHERE disabled_at IS NULL ORDER BY name`).flatMap(read(Endpoint))
})

export const reportEndpoints = Effect.fnUntraced(function* ({
  sql
}: LedgerDatabase["Service"]): Effect.fn.Return<ReadonlyArray<EndpointReport>, SqlError> {
  const rows = yield* sql`SELECT e.id, e.name, e.url, e.principal, e.secret_hash, e.created_at, e.disabled_at,
      COUNT(m.delivered_at) AS delivered, COUNT(m.due_at) AS pending, COUNT(m.given_up_at) AS given_up,
      (SELECT failure FROM klingkit_messages WHERE endpoint = e.id AND failure IS NOT NULL
        ORDER BY attempted_at DESC LIMIT 1) AS last_failure
    FROM klingkit_endpoints e LEFT JOIN klingkit_messages m ON m.endpoint = e.id
    GROUP BY e.id, e.name, e.url, e.principal, e.secret_hash, e.created_at, e.disabled_at ORDER BY e.name`
  return rows.flatMap(read(EndpointReport))
})

/**
 * Sends messages again, those of jobs included that ended before the endpoint was added or while it was disabled; it is
 * enabled again. Returns how many; nothing if there is no such endpoint.
 */
export const replayMessages = (
  database: LedgerDatabase["Service"],
  name: string,
  which: Replayed
): Effect.Effect<number | undefined, SqlError> => {
  const { sql } = database
  return database.exclusive(
    Effect.gen(function* () {
      const endpoint = yield* findEndpoint(database, name)
      if (endpoint === undefined) return undefined
      const { id } = endpoint
      const now = yield* Clock.currentTimeMillis
      if ("since" in which) yield* announceEndedSince(database, endpoint, which.since)
      const wanted = "since" in which ? sql`ended_at >= ${which.since}` : sql`message_id = ${which.messageId}`
      const again = {
        due_at: now,
        attempts: 0,
        first_attempt_at: null,
        delivered_at: null,
        given_up_at: null,
        failure: null
      }
      yield* sql`UPDATE klingkit_endpoints SET disabled_at = NULL, not_before = NULL WHERE id = ${id}`
      const replayed = yield* sql`UPDATE klingkit_messages SET ${sql.update(again)}, claims = claims + 1
        WHERE endpoint = ${id} AND ${wanted} RETURNING message_id`
      return replayed.length
    })
  )
}

/** Nothing is sent to an endpoint before this time: it asked for that. */
export const postponeMessages = ({ sql }: LedgerDatabase["Service"], id: string, until: number) =>
  Effect.asVoid(sql`UPDATE klingkit_endpoints SET not_before = ${until} WHERE id = ${id}`)

/** A row that cannot be read hears of nothing. */
const read = <S extends Schema.ConstraintDecoder<unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (row: Readonly<Record<string, unknown>>): ReadonlyArray<S["Type"]> =>
    Result.match(decode(fieldsOfRow(row)), { onSuccess: (value) => [value], onFailure: () => [] })
}
