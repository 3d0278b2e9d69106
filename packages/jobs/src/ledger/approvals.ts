import { Clock, Effect } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Base64Url from "effect/encoding/Base64Url"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import { sha256Hex } from "./fingerprint.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/** What exactly is approved: this request, by this principal, at this price. */
export interface Approved {
  /** `local` when absent. */
  readonly principal?: string
  readonly fingerprint: string
  /** As an earlier release computed it, for a token from before an update. */
  readonly formerFingerprint?: string
  /** The upper bound of the price; absent when it is unknown. */
  readonly quoteUsd?: number
}

/** What an approval is for, and whose. */
export const purposeOf = ({ principal, fingerprint, quoteUsd }: Approved): Effect.Effect<string> =>
  sha256Hex(JSON.stringify([principal ?? "local", fingerprint, quoteUsd ?? null]))

const randomToken = SecureRandom.SecureRandom.use((random) => random.randomBytes(24)).pipe(
  Effect.map(Base64Url.encode),
  Effect.provide(SecureRandom.layerWebCrypto)
)

/** A token that approves exactly this request, once, within `validSeconds`. The ledger stores only its hash. */
export const issueApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  approved: Approved,
  validSeconds: number
): Effect.fn.Return<string, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const token = yield* randomToken
  const row = {
    token_hash: yield* sha256Hex(token),
    purpose: yield* purposeOf(approved),
    expires_at: now + validSeconds * 1000
  }
  yield* sql`DELETE FROM klingkit_approvals WHERE expires_at < ${now - 86_400_000}`
  yield* sql`INSERT INTO klingkit_approvals ${sql.insert(row)}`
  return token
})

/** Consumes a token, or a question that the user has granted, by its code. Of several concurrent attempts one succeeds. */
export const consumeApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  token: string,
  approved: Approved
): Effect.fn.Return<void, LedgerError | SqlError> {
  const now = yield* Clock.currentTimeMillis
  const hash = yield* sha256Hex(token)
  const { formerFingerprint } = approved
  const purposes = [
    yield* purposeOf(approved),
    ...(formerFingerprint === undefined ? [] : [yield* purposeOf({ ...approved, fingerprint: formerFingerprint })])
  ]
  const used = yield* sql`UPDATE klingkit_approvals SET used_at = ${now}
    WHERE token_hash = ${hash} AND ${sql.in("purpose", purposes)} AND used_at IS NULL AND expires_at > ${now}
      AND (code IS NULL OR granted_at IS NOT NULL)
    RETURNING token_hash`
  if (used.length === 0) return yield* ledgerError({ _tag: "ApprovalInvalid" })
})

/** Invalidates a token or a question: the user has declined. What is used or unknown is left as it is. */
export const revokeApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  token: string
): Effect.fn.Return<void, SqlError> {
  const now = yield* Clock.currentTimeMillis
  yield* sql`UPDATE klingkit_approvals SET used_at = ${now} WHERE token_hash = ${yield* sha256Hex(token)} AND used_at IS NULL`
})
