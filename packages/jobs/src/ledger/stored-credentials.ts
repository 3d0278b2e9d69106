import { resultRetentionMillis } from "@klingkit/core/internal"
import { Clock, Effect, Result, Schema } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { fieldsOfRow } from "./job-record.ts"
import { jobStates, mayBeSent } from "./job-state.ts"
import { isStorable } from "./storable-text.ts"
import type { LedgerError } from "./ledger-error.ts"

/** A Kling credential of a caller of a hosted server. What is in it only the server's secret opens. */
export const StoredCredential = Schema.Struct({
  principal: Schema.String,
  /** Says with which key it is sealed. */
  keyId: Schema.String,
  sealed: Schema.String,
  storedAt: Schema.Int
})
export type StoredCredential = typeof StoredCredential.Type

/** The Kling credentials of callers, at most one for each, shared by all servers on one ledger. */
export interface StoredCredentialRepository {
  /** Replaces the one that the principal has. */
  put(credential: Omit<StoredCredential, "storedAt">): Effect.Effect<void, LedgerError>
  find(principal: string): Effect.Effect<StoredCredential | undefined, LedgerError>
  /** By principal. */
  readonly list: Effect.Effect<ReadonlyArray<StoredCredential>, LedgerError>
  /** The same content, sealed anew. False if the row is no longer `before`, which then stays as it is. */
  reseal(
    before: StoredCredential,
    after: Pick<StoredCredential, "keyId" | "sealed">
  ): Effect.Effect<boolean, LedgerError>
  /** False if the principal has none. */
  remove(principal: string): Effect.Effect<boolean, LedgerError>
  /** Those who have one, and jobs or pipelines that continue only while a process with it runs. */
  readonly principalsAtWork: Effect.Effect<ReadonlyArray<string>, LedgerError>
}

type Database = LedgerDatabase["Service"]

const putCredential = Effect.fnUntraced(function* (
  { sql }: Database,
  { principal, keyId, sealed }: Parameters<StoredCredentialRepository["put"]>[0]
): Effect.fn.Return<void, SqlError> {
  const row = { principal, key_id: keyId, sealed, stored_at: yield* Clock.currentTimeMillis }
  yield* sql`INSERT INTO klingkit_stored_credentials ${sql.insert(row)}
    ON CONFLICT (principal) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, stored_at = excluded.stored_at`
})

const findStoredCredential = Effect.fnUntraced(function* (
  { sql }: Database,
  principal: string
): Effect.fn.Return<StoredCredential | undefined, SqlError> {
  const rows = isStorable(principal)
    ? yield* sql`SELECT * FROM klingkit_stored_credentials WHERE principal = ${principal}`
    : []
  return rows.flatMap(readCredential)[0]
})

const listStoredCredentials = Effect.fnUntraced(function* ({
  sql
}: Database): Effect.fn.Return<ReadonlyArray<StoredCredential>, SqlError> {
  const rows = yield* sql`SELECT * FROM klingkit_stored_credentials ORDER BY principal`
  return rows.flatMap(readCredential)
})

const resealCredential = Effect.fnUntraced(function* (
  { sql }: Database,
  { principal, sealed: before }: StoredCredential,
  { keyId, sealed }: Pick<StoredCredential, "keyId" | "sealed">
): Effect.fn.Return<boolean, SqlError> {
  const changed = yield* sql`UPDATE klingkit_stored_credentials SET key_id = ${keyId}, sealed = ${sealed}
    WHERE principal = ${principal} AND sealed = ${before} RETURNING principal`
  return changed.length > 0
})

const removeCredential = Effect.fnUntraced(function* (
  { sql }: Database,
  principal: string
): Effect.fn.Return<boolean, SqlError> {
  const removed = yield* sql`DELETE FROM klingkit_stored_credentials WHERE principal = ${principal} RETURNING principal`
  return removed.length > 0
})

/** The jobs of others are continued by every process with their account; no other process has these credentials. */
const principalsAtWork = Effect.fnUntraced(function* ({
  sql
}: Database): Effect.fn.Return<ReadonlyArray<string>, SqlError> {
  const lookUpAfter = (yield* Clock.currentTimeMillis) - resultRetentionMillis
  const rows = yield* sql<{ principal: string }>`SELECT principal FROM klingkit_stored_credentials AS stored WHERE
    EXISTS (SELECT 1 FROM klingkit_jobs AS job WHERE job.principal = stored.principal
      AND (${sql.in("state", jobStates.filter(mayBeSent))} OR (state IN ('ACCEPTED', 'RUNNING', 'UNKNOWN') AND created_at > ${lookUpAfter})))
    OR EXISTS (SELECT 1 FROM klingkit_pipelines AS pipeline WHERE pipeline.principal = stored.principal
      AND state = 'RUNNING') ORDER BY principal`
  return rows.map(({ principal }) => principal)
})

const decode = Schema.decodeUnknownResult(StoredCredential)

const readCredential = (row: Readonly<Record<string, unknown>>): ReadonlyArray<StoredCredential> =>
  Result.match(decode(fieldsOfRow(row)), { onSuccess: (credential) => [credential], onFailure: () => [] })

export const storedCredentialRepository = (database: LedgerDatabase["Service"]): StoredCredentialRepository => {
  const before = database.guard(true)
  return {
    put: (credential) => before(putCredential(database, credential)),
    find: (principal) => before(findStoredCredential(database, principal)),
    list: before(listStoredCredentials(database)),
    reseal: (...sealed) => before(resealCredential(database, ...sealed)),
    remove: (principal) => before(removeCredential(database, principal)),
    principalsAtWork: before(principalsAtWork(database))
  }
}
