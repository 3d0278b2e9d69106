import { Clock, Effect, Result, Schema } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { fieldsOfRow } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"

/** A key that a hosted server has given to a caller. The ledger has its hash only. */
export const AccessKey = Schema.Struct({
  /** Unique among the keys that are not revoked; names the caller. */
  name: Schema.String,
  scopes: Schema.fromJsonString(Schema.Array(Schema.String)),
  /** Whose key it is, and for what: their budgets count what it spends. */
  person: Schema.optionalKey(Schema.String),
  project: Schema.optionalKey(Schema.String),
  createdAt: Schema.Int
})
export type AccessKey = typeof AccessKey.Type

/** The keys of callers, shared by all servers on one ledger. */
export interface AccessKeyRepository {
  /** False if there is a key of this name, which stays as it is. */
  add(key: Omit<AccessKey, "createdAt"> & { readonly hash: string }): Effect.Effect<boolean, LedgerError>
  /** The key with this hash; nothing if it was never given, or has been revoked. */
  find(hash: string): Effect.Effect<AccessKey | undefined, LedgerError>
  /** Keys that are not revoked, by name. */
  readonly list: Effect.Effect<ReadonlyArray<AccessKey>, LedgerError>
  /** From now on it opens nothing; its name can be given again. False if there is no such key. */
  revoke(name: string): Effect.Effect<boolean, LedgerError>
}

const encodeScopes = Schema.encodeSync(AccessKey.fields.scopes)

const addAccessKey = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { name, scopes, person, project, hash }: Parameters<AccessKeyRepository["add"]>[0]
): Effect.fn.Return<boolean, SqlError> {
  const { sql } = database
  const row = {
    name,
    key_hash: hash,
    scopes: encodeScopes(scopes),
    person: person ?? null,
    project: project ?? null,
    created_at: yield* Clock.currentTimeMillis
  }
  return yield* database.exclusive(
    Effect.gen(function* () {
      const known = yield* sql`SELECT name FROM klingkit_access_keys WHERE name = ${name} AND revoked_at IS NULL`
      if (known.length > 0) return false
      yield* sql`INSERT INTO klingkit_access_keys ${sql.insert(row)}`
      return true
    })
  )
})

const findAccessKey = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  hash: string
): Effect.fn.Return<AccessKey | undefined, SqlError> {
  const rows = yield* sql`SELECT name, scopes, person, project, created_at FROM klingkit_access_keys
    WHERE key_hash = ${hash} AND revoked_at IS NULL`
  return rows.flatMap(readKey)[0]
})

const listAccessKeys = Effect.fnUntraced(function* ({
  sql
}: LedgerDatabase["Service"]): Effect.fn.Return<ReadonlyArray<AccessKey>, SqlError> {
  const rows = yield* sql`SELECT name, scopes, person, project, created_at FROM klingkit_access_keys
    WHERE revoked_at IS NULL ORDER BY name`
  return rows.flatMap(readKey)
})

const revokeAccessKey = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  name: string
): Effect.fn.Return<boolean, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const revoked = yield* sql`UPDATE klingkit_access_keys SET revoked_at = ${now}
    WHERE name = ${name} AND revoked_at IS NULL RETURNING name`
  return revoked.length > 0
})

const decodeKey = Schema.decodeUnknownResult(AccessKey)

/** A row that cannot be read opens nothing. */
const readKey = (row: Readonly<Record<string, unknown>>): ReadonlyArray<AccessKey> =>
  Result.match(decodeKey(fieldsOfRow(row)), { onSuccess: (key) => [key], onFailure: () => [] })

export const accessKeyRepository = (database: LedgerDatabase["Service"]): AccessKeyRepository => {
  const before = database.guard(true)
  return {
    add: (key) => before(addAccessKey(database, key)),
    find: (hash) => before(findAccessKey(database, hash)),
    list: before(listAccessKeys(database)),
    revoke: (name) => before(revokeAccessKey(database, name))
  }
}
