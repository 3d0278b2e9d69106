import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { NewJob } from "./create-job.ts"
import type { LedgerDatabase } from "./database.ts"
import { fingerprintOf } from "./fingerprint.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { refuseUnknownAccount } from "./unknown-account.ts"

/** What decides whether a request is the same as an earlier one. */
export interface RequestIdentity {
  readonly handle: string
  readonly principal: string
  readonly account: string
  readonly operation: string
  readonly prompt?: string
  readonly idempotencyKey?: string
  readonly fingerprint: string
  /** As releases without takes computed it, from the input as it was spelled. */
  readonly formerFingerprint: string
  /** As if the results that it refers to were given by their links. */
  readonly linkedFingerprint?: string
  /** As it may also be sent. */
  readonly otherFingerprint?: string
  /** Which of several identical requests: 1 unless the caller asks for another. */
  readonly take: number
  /** The caller wants another one, whichever number that is. */
  readonly wantsNextTake: boolean
  readonly dedupeWindowSeconds: number
}

/** After its end a job answers for an identical request this long. */
const defaultDedupeWindowSeconds = 600

const currentPrefix = "2:"

/** `identity` is the effective input of the request: operation, settings with their defaults, trimmed text. */
export const identityOf = Effect.fnUntraced(function* (newJob: NewJob): Effect.fn.Return<RequestIdentity> {
  const { handle, account, operation, input, prompt, idempotencyKey, linkedIdentity, otherIdentity } = newJob
  const formerFingerprint = yield* fingerprintOf(operation, newJob.dedupeBy ?? input)
  return {
    handle,
    account,
    operation,
    principal: newJob.principal ?? "local",
    ...(prompt === undefined ? {} : { prompt }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    formerFingerprint,
    fingerprint: newJob.dedupeBy === undefined ? yield* requestFingerprint(newJob) : formerFingerprint,
    ...(newJob.dedupeBy === undefined && linkedIdentity !== undefined
      ? { linkedFingerprint: yield* requestFingerprint({ operation, input, identity: linkedIdentity }) }
      : {}),
    ...(newJob.dedupeBy === undefined && otherIdentity !== undefined
      ? { otherFingerprint: yield* requestFingerprint({ input, ...otherIdentity }) }
      : {}),
    take: newJob.take ?? 1,
    wantsNextTake: newJob.allowDuplicate === true,
    dedupeWindowSeconds: newJob.dedupeWindowSeconds ?? defaultDedupeWindowSeconds
  }
})

/** What the approval of a request is bound to, and what identifies its duplicates. */
export const requestFingerprint = ({
  operation,
  identity,
  input
}: Pick<NewJob, "operation" | "identity" | "input">): Effect.Effect<string> =>
  Effect.map(fingerprintOf(operation, identity ?? input), (digest) => `${currentPrefix}${digest}`)

/**
 * The job that a request duplicates, and the take that would be another one; or, when it is new, which take it is and the
 * attempt that it continues.
 */
export type Duplicate =
  | { readonly _tag: "Same"; readonly job: JobRecord; readonly nextTake: number }
  | { readonly _tag: "New"; readonly take: number; readonly previousHandle?: string }

/** Runs in the transaction that creates the job, so that of several identical requests one is new. */
export const findDuplicate = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  identity: RequestIdentity,
  now: number
): Effect.fn.Return<Duplicate, LedgerError | SqlError> {
  const { sql } = database
  const { handle, principal, account, idempotencyKey, take, dedupeWindowSeconds } = identity
  const fingerprints = sql.in("fingerprint", fingerprintsOf(identity))
  const scope = sql`principal = ${principal} AND ${ofAccount(database, account)}`
  const identical = sql`${fingerprints} AND ${scope} AND state <> 'REFUSED'`
  const lastTake = Effect.map(sql`SELECT MAX(take) AS take FROM klingkit_jobs WHERE ${identical}`, ([last]) =>
    Number(last?.["take"] ?? 0)
  )
  const sameAs = Effect.fnUntraced(function* (row: Readonly<Record<string, unknown>>) {
    const job = yield* readOneRow(row)
    return { _tag: "Same", job, nextTake: Math.max(job.take, yield* lastTake) + 1 } as const
  })
  const keyed = sql`${scope} AND idempotency_key = ${idempotencyKey ?? null}`
  // Credentials that were found to be of one account may each have used the key.
  const [same] = yield* sql`SELECT * FROM klingkit_jobs WHERE handle = ${handle} OR (${keyed})
    ORDER BY CASE WHEN state = 'REFUSED' THEN 1 ELSE 0 END, created_at LIMIT 1`
  // A request that never reached Kling frees its key for another attempt.
  if (same !== undefined && (same["state"] !== "REFUSED" || same["handle"] === handle)) {
    if (isSameRequest(same, identity)) return yield* sameAs(same)
    return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  }
  if (idempotencyKey !== undefined) {
    const paid = sql`idempotency_key = ${idempotencyKey} AND state <> 'REFUSED'`
    yield* refuseUnknownAccount(database, identity, { by: "key", table: "klingkit_jobs", where: paid })
    if (same === undefined) return { _tag: "New", take }
    yield* sql`UPDATE klingkit_jobs SET idempotency_key = NULL WHERE ${keyed}`
    return { _tag: "New", take, previousHandle: String(same["handle"]) }
  }
  if (identity.wantsNextTake) {
    const isPending = sql`is_next_take = 1 AND finished_at IS NULL`
    const [pending] = yield* sql`SELECT * FROM klingkit_jobs WHERE ${identical}
      AND ${isPending} ORDER BY take DESC LIMIT 1`
    if (pending !== undefined) return yield* sameAs(pending)
    const elsewhere = sql`${fingerprints} AND state <> 'REFUSED' AND ${isPending}`
    yield* refuseUnknownAccount(database, identity, { by: "request", table: "klingkit_jobs", where: elsewhere })
    return { _tag: "New", take: (yield* lastTake) + 1 }
  }
  // Guards against clock skew: a job that ended in the future has just ended.
  const answers = sql`take = ${take} AND (finished_at IS NULL OR finished_at > ${now - dedupeWindowSeconds * 1000})`
  const [found] = yield* sql`SELECT * FROM klingkit_jobs WHERE ${identical} AND ${answers}
    ORDER BY created_at DESC LIMIT 1`
  if (found !== undefined) return yield* sameAs(found)
  const elsewhere = sql`${fingerprints} AND state <> 'REFUSED' AND ${answers}`
  yield* refuseUnknownAccount(database, identity, { by: "request", table: "klingkit_jobs", where: elsewhere })
  return { _tag: "New", take }
})

/** Under which an identical request may be stored. */
export const fingerprintsOf = ({
  fingerprint,
  formerFingerprint,
  linkedFingerprint,
  otherFingerprint
}: RequestIdentity): ReadonlyArray<string> =>
  [fingerprint, formerFingerprint, linkedFingerprint, otherFingerprint].filter((one) => one !== undefined)

/** A row of an earlier release knows its request only as it was spelled; then operation and prompt decide. */
const isSameRequest = (row: Readonly<Record<string, unknown>>, identity: RequestIdentity): boolean => {
  const { principal, operation, prompt, fingerprint, formerFingerprint, linkedFingerprint, otherFingerprint, take } =
    identity
  if (row["principal"] !== principal) return false
  const given = row["fingerprint"]
  if (given === fingerprint || given === linkedFingerprint || given === otherFingerprint)
    return Number(row["take"]) === take
  if (given === formerFingerprint) return true
  const isFormer = !String(row["fingerprint"]).startsWith(currentPrefix) && fingerprint !== formerFingerprint
  const written = typeof row["prompt"] === "string" ? row["prompt"].trim() : ""
  return isFormer && row["operation"] === operation && written === (prompt ?? "").trim()
}
