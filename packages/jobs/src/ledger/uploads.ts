import { Clock, Effect, Result, Schema } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { fieldsOfRow } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"

/** A file that a caller has uploaded, as it was found to be. */
export const UploadedFile = Schema.Struct({
  kind: Schema.Literals(["image", "video", "audio"]),
  /** `png`, `mp4` */
  format: Schema.String,
  mimeType: Schema.String,
  bytes: Schema.Int,
  /** In hex. */
  sha256: Schema.String,
  width: Schema.optionalKey(Schema.Finite),
  height: Schema.optionalKey(Schema.Finite),
  durationSeconds: Schema.optionalKey(Schema.Finite),
  framesPerSecond: Schema.optionalKey(Schema.Finite)
})
export type UploadedFile = typeof UploadedFile.Type

/** What a link is good for. */
export type UploadLinkState =
  | { readonly state: "open"; readonly principal: string }
  | { readonly state: "used" | "expired" | "unknown" }

/** One-use links to upload by, and what was uploaded, shared by all servers on one ledger. */
export interface UploadRepository {
  /** `hash` is that of the secret in the link; `expiresAt` in milliseconds since 1970. */
  addLink(link: {
    readonly hash: string
    readonly principal: string
    readonly expiresAt: number
  }): Effect.Effect<void, LedgerError>
  readLink(hash: string): Effect.Effect<UploadLinkState, LedgerError>
  /** Takes an open link; from then on it is used. Of several concurrent attempts one finds it open. */
  claimLink(hash: string): Effect.Effect<UploadLinkState, LedgerError>
  /** Nothing came of the attempt: the link is open again until it expires. */
  reopenLink(hash: string): Effect.Effect<void, LedgerError>
  /** Records what was uploaded by a link, under an id that is the same for the same content. */
  store(hash: string, id: string, file: UploadedFile): Effect.Effect<void, LedgerError>
  /** What this principal has uploaded under an id. */
  find(principal: string, id: string): Effect.Effect<UploadedFile | undefined, LedgerError>
}

type Database = LedgerDatabase["Service"]

const unusedLinkMillis = 86_400_000

const addLink = Effect.fnUntraced(function* (
  { sql }: Database,
  { hash, principal, expiresAt }: Parameters<UploadRepository["addLink"]>[0]
): Effect.fn.Return<void, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`DELETE FROM klingkit_uploads WHERE upload IS NULL AND expires_at < ${now - unusedLinkMillis}`
  yield* sql`INSERT INTO klingkit_uploads ${sql.insert({ token_hash: hash, principal, expires_at: expiresAt })}`
})

const readLink = Effect.fnUntraced(function* (
  { sql }: Database,
  hash: string
): Effect.fn.Return<UploadLinkState, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const [row] = yield* sql<{
    principal: string
    is_used: number | bigint
    is_expired: number | bigint
  }>`SELECT principal,
    CASE WHEN used_at IS NULL THEN 0 ELSE 1 END AS is_used,
    CASE WHEN expires_at > ${now} THEN 0 ELSE 1 END AS is_expired
    FROM klingkit_uploads WHERE token_hash = ${hash}`
  if (row === undefined) return { state: "unknown" }
  if (Number(row.is_used) === 1) return { state: "used" }
  return Number(row.is_expired) === 1 ? { state: "expired" } : { state: "open", principal: row.principal }
})

const claimLink = Effect.fnUntraced(function* (
  database: Database,
  hash: string
): Effect.fn.Return<UploadLinkState, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const [claimed] = yield* database.sql<{ principal: string }>`UPDATE klingkit_uploads SET used_at = ${now}
    WHERE token_hash = ${hash} AND used_at IS NULL AND expires_at > ${now} RETURNING principal`
  return claimed === undefined ? yield* readLink(database, hash) : { state: "open", principal: claimed.principal }
})

const encodeFile = Schema.encodeSync(Schema.fromJsonString(UploadedFile))
const decodeFile = Schema.decodeUnknownResult(Schema.Struct({ file: Schema.fromJsonString(UploadedFile) }))

const findUpload = Effect.fnUntraced(function* (
  { sql }: Database,
  principal: string,
  id: string
): Effect.fn.Return<UploadedFile | undefined, SqlError> {
  const rows = yield* sql`SELECT file FROM klingkit_uploads WHERE principal = ${principal} AND upload = ${id} LIMIT 1`
  return rows.flatMap((row) => {
    const read = decodeFile(fieldsOfRow(row))
    return Result.isSuccess(read) ? [read.success.file] : []
  })[0]
})

export const uploadRepository = (database: Database): UploadRepository => {
  const { sql } = database
  const before = database.guard(true)
  return {
    addLink: (link) => before(addLink(database, link)),
    readLink: (hash) => before(readLink(database, hash)),
    claimLink: (hash) => before(claimLink(database, hash)),
    reopenLink: (hash) =>
      before(
        Effect.asVoid(sql`UPDATE klingkit_uploads SET used_at = NULL WHERE token_hash = ${hash} AND upload IS NULL`)
      ),
    store: (hash, id, file) =>
      before(
        Effect.asVoid(
          sql`UPDATE klingkit_uploads SET upload = ${id}, file = ${encodeFile(file)} WHERE token_hash = ${hash}`
        )
      ),
    find: (...upload) => before(findUpload(database, ...upload))
  }
}
