import { Clock, Effect } from "effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { sha256Hex } from "./fingerprint.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** What exactly is approved: this request, of this person, at this price. */
export interface Approved {
  /** `local` when absent. */
  readonly principal?: string
  readonly fingerprint: string
  /** The most that it can come to; absent when that is not known before. */
  readonly quoteUsd?: number
}

const purposeOf = ({ principal, fingerprint, quoteUsd }: Approved): Effect.Effect<string> =>
  sha256Hex(JSON.stringify([principal ?? "local", fingerprint, quoteUsd ?? null]))

/** A token that lets one request of exactly this kind pass, once, within `lifeSeconds`. The ledger keeps its hash only. */
export const issueApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  approved: Approved,
  lifeSeconds: number
): Effect.fn.Return<string, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const token = yield* Effect.sync(() => Base64Url.encode(crypto.getRandomValues(new Uint8Array(24))))
  const row = {
    token_hash: yield* sha256Hex(token),
    purpose: yield* purposeOf(approved),
    expires_at: now + lifeSeconds * 1000
  }
  yield* sql`DELETE FROM klingkit_approvals WHERE expires_at < ${now - 86_400_000}`
  yield* sql`INSERT INTO klingkit_approvals ${sql.insert(row)}`
  return token
})

/** Uses a token up. Of all who try at once, one succeeds. */
export const consumeApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  token: string,
  approved: Approved
): Effect.fn.Return<void, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const hash = yield* sha256Hex(token)
  const purpose = yield* purposeOf(approved)
  const used = yield* sql`UPDATE klingkit_approvals SET used_at = ${now}
    WHERE token_hash = ${hash} AND purpose = ${purpose} AND used_at IS NULL AND expires_at > ${now}
    RETURNING token_hash`
  if (used.length === 0) return yield* ledgerError({ _tag: "NotApproved" })
})

/** Makes a token worthless: the person has said no. One that is used, or that never was, stays as it is. */
export const withdrawApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  token: string
): Effect.fn.Return<void, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`UPDATE klingkit_approvals SET used_at = ${now} WHERE token_hash = ${yield* sha256Hex(token)} AND used_at IS NULL`
})
