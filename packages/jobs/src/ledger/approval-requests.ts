import { CheaperSetting } from "@klingkit/core"
import { Clock, Effect, Result, Schema } from "effect"
import * as SecureRandom from "effect/crypto/SecureRandom"
import type { SqlError } from "effect/sql/SqlError"
import { type Approved, purposeOf } from "./approvals.ts"
import type { LedgerDatabase } from "./database.ts"
import { sha256Hex } from "./fingerprint.ts"
import { fieldsOfRow } from "./job-record.ts"
import { StoredQuote } from "./stored-quote.ts"

/** What a user sees before they approve: what will be made, by which model, at which price. */
export const ApprovalQuestion = Schema.Struct({
  title: Schema.String,
  operation: Schema.String,
  model: Schema.String,
  quote: StoredQuote,
  prompt: Schema.optionalKey(Schema.String),
  settings: Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String })),
  warnings: Schema.Array(Schema.String),
  /** With which settings the same request costs less, where that is known. */
  cheaper: Schema.optionalKey(Schema.Array(CheaperSetting))
})
export type ApprovalQuestion = typeof ApprovalQuestion.Type

/** A question that waits for a user, or that one has answered with yes. */
export interface ApprovalRequest {
  /** `K7QF-2M9D`: names the request, and approves nothing by itself. */
  readonly code: string
  readonly question: ApprovalQuestion
  readonly isGranted: boolean
  /** In milliseconds since 1970. */
  readonly expiresAt: number
}

const encodeQuestion = Schema.encodeSync(Schema.fromJsonString(ApprovalQuestion))

/** Letters and digits that are not mistaken for each other. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const codeLength = 8

const hyphenated = (code: string): string => `${code.slice(0, codeLength / 2)}-${code.slice(codeLength / 2)}`

/** The code that a user has typed: in small letters, without the hyphen, with letters for digits. */
const codeFrom = (typed: string): string =>
  hyphenated(
    typed
      .toUpperCase()
      .replaceAll(/[^0-9A-Z]/g, "")
      .replaceAll("O", "0")
      .replaceAll(/[IL]/g, "1")
  )

const randomCode = SecureRandom.SecureRandom.use((random) => random.randomBytes(codeLength)).pipe(
  Effect.map((bytes) => hyphenated(Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join(""))),
  Effect.provide(SecureRandom.layerWebCrypto)
)

/** Asks the user to approve exactly this request, once. As long as one such question is open or granted, it is that one. */
export const requestApproval = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  approved: Approved,
  question: ApprovalQuestion,
  validSeconds: number
): Effect.fn.Return<ApprovalRequest, SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const purpose = yield* purposeOf(approved)
  const rows = yield* sql`SELECT code, question, granted_at, expires_at FROM klingkit_approvals
    WHERE purpose = ${purpose} AND code IS NOT NULL AND used_at IS NULL AND expires_at > ${now}
    ORDER BY CASE WHEN granted_at IS NULL THEN 1 ELSE 0 END, expires_at DESC LIMIT 1`
  const [known] = rows.flatMap(readRequest)
  if (known !== undefined) return known
  const code = yield* randomCode
  const expiresAt = now + validSeconds * 1000
  const row = {
    token_hash: yield* sha256Hex(code),
    purpose,
    expires_at: expiresAt,
    principal: approved.principal ?? "local",
    code,
    question: encodeQuestion(question)
  }
  yield* sql`INSERT INTO klingkit_approvals ${sql.insert(row)}`
  return { code, question, isGranted: false, expiresAt }
})

/** The questions to a principal that are open or granted, the latest first; of one code only that one. */
export const findApprovalRequests = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  principal: string,
  code?: string
): Effect.fn.Return<ReadonlyArray<ApprovalRequest>, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const conditions = [
    sql`principal = ${principal}`,
    sql`code IS NOT NULL`,
    sql`used_at IS NULL`,
    sql`expires_at > ${now}`
  ]
  if (code !== undefined) conditions.push(sql`code = ${codeFrom(code)}`)
  const rows = yield* sql`SELECT code, question, granted_at, expires_at FROM klingkit_approvals
    WHERE ${sql.and(conditions)} ORDER BY expires_at DESC, code LIMIT 100`
  return rows.flatMap(readRequest)
})

/** The user's yes, valid for `validSeconds`. Whether the question was still open. */
export const grantApproval = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  principal: string,
  code: string,
  validSeconds: number
): Effect.fn.Return<boolean, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const granted = yield* sql`UPDATE klingkit_approvals
    SET granted_at = ${now}, expires_at = ${now + validSeconds * 1000}
    WHERE code = ${codeFrom(code)} AND principal = ${principal} AND used_at IS NULL AND expires_at > ${now}
    RETURNING code`
  return granted.length > 0
})

const Row = Schema.Struct({
  code: Schema.String,
  question: Schema.fromJsonString(ApprovalQuestion),
  grantedAt: Schema.optionalKey(Schema.Int),
  expiresAt: Schema.Int
})
const decodeRow = Schema.decodeUnknownResult(Row)

/** A row that cannot be read asks nothing. */
const readRequest = (row: Readonly<Record<string, unknown>>): ReadonlyArray<ApprovalRequest> =>
  Result.match(decodeRow(fieldsOfRow(row)), {
    onSuccess: ({ grantedAt, ...request }) => [{ ...request, isGranted: grantedAt !== undefined }],
    onFailure: () => []
  })
