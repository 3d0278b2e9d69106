import { maxUsd, type Quote } from "@klingkit/core"
import { stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, checkBudget, commitReservation, dayOf, reservedMicros } from "./budget.ts"
import type { LedgerDatabase } from "./database.ts"
import { fingerprintOf } from "./fingerprint.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { leaseEnd, type LeaseRequest } from "./leases.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"
import { toStoredQuote } from "./stored-quote.ts"

/** A paid request before anything is sent. */
export interface NewJob {
  /** Minted by the caller; also the id under which Kling stores the task, where it accepts one. */
  readonly handle: string
  /** Who makes the request; `local` when absent. */
  readonly principal?: string
  /** Which Kling account pays: a digest of region and credential, no secret. */
  readonly account: string
  readonly operation: string
  readonly family: string
  readonly model: string
  readonly generation: string
  /** Kept until the outcome of the send is known, for the one resend after a crash. */
  readonly input: Readonly<Record<string, unknown>>
  readonly prompt?: string
  readonly quote: Quote
  /** Whose concurrency slots the task needs, and how many (1 when absent). */
  readonly queueKey?: string
  readonly slots?: number
  /** Typical duration of the task. */
  readonly expectedSeconds?: number
  /** From the caller: the same key always means the same job. */
  readonly idempotencyKey?: string
  /** Without a key, an identical request within this window (120 s), or while the first is unresolved, is a duplicate. */
  readonly dedupeWindowSeconds?: number
  /** Creates the job even if it is a duplicate. */
  readonly allowDuplicate?: boolean
  /** What identifies the request in place of its input: the position of a step in its pipeline. */
  readonly dedupeBy?: Readonly<Record<string, unknown>>
  readonly limits?: BudgetLimits
  /** The pipeline that this step belongs to: its price comes out of the pipeline's reservation. */
  readonly partOf?: StepOfPipeline
  /** A token of `issueApproval`, consumed when the job is new. */
  readonly approval?: string
  /** Taken together with a new job, so that no other process sends it. */
  readonly lease?: LeaseRequest
}

export interface StepOfPipeline {
  readonly pipeline: string
  readonly step: string
}

/** A new job, or the one that the request duplicates. Only the creator of a new one may send it. */
export interface CreateResult {
  readonly job: JobRecord
  readonly isNew: boolean
}

type FingerprintedJob = NewJob & { readonly principal: string; readonly fingerprint: string }

/** Persists a request; once this returns, the row survives a crash. */
export const createJob = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newJob: NewJob
): Effect.fn.Return<CreateResult, LedgerError | SqlError> {
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(newJob[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  if (yield* database.isNearlyFull) return yield* ledgerError({ _tag: "DiskFull", location: database.location })
  yield* database.inPlace
  const request: FingerprintedJob = {
    ...newJob,
    principal: newJob.principal ?? "local",
    fingerprint: yield* fingerprintOf(newJob.operation, newJob.dedupeBy ?? newJob.input)
  }
  const body = stringifyJson(newJob.input)
  return yield* database.exclusive(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const existing = yield* findExisting(database, request, now)
      if (existing !== undefined) return { job: existing, isNew: false }
      const { principal, account, fingerprint, quote, limits = {}, approval, partOf } = request
      if (partOf !== undefined) yield* commitReservation(database, partOf.pipeline, quote)
      yield* checkBudget(database, { principal, account, quote, limits, day: dayOf(now) })
      if (approval !== undefined) {
        const quoteUsd = maxUsd(quote)
        const price = quoteUsd === undefined ? {} : { quoteUsd }
        yield* consumeApproval(database, approval, { principal, fingerprint, ...price })
      }
      return { job: yield* insert(database, request, body, now), isNew: true }
    })
  )
})

const findExisting = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  {
    handle,
    principal,
    account,
    fingerprint,
    idempotencyKey,
    allowDuplicate,
    dedupeWindowSeconds = 120
  }: FingerprintedJob,
  now: number
): Effect.fn.Return<JobRecord | undefined, LedgerError | SqlError> {
  const scope = sql`principal = ${principal} AND account = ${account}`
  const [same] = yield* sql`SELECT * FROM klingkit_jobs
    WHERE handle = ${handle} OR (${scope} AND idempotency_key = ${idempotencyKey ?? null}) LIMIT 1`
  if (same !== undefined) {
    const isSame = same["principal"] === principal && same["fingerprint"] === fingerprint
    if (isSame) return yield* readOneRow(same)
    return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  }
  if (allowDuplicate === true || idempotencyKey !== undefined) return undefined
  // Guards against clock skew: a row from the future counts as recent.
  const [duplicated] = yield* sql`SELECT * FROM klingkit_jobs
    WHERE fingerprint = ${fingerprint} AND ${scope} AND state <> 'REFUSED'
    AND (created_at > ${now - dedupeWindowSeconds * 1000} OR state IN ('INTENT', 'SENDING', 'IN_DOUBT', 'UNKNOWN'))
    ORDER BY created_at DESC LIMIT 1`
  return duplicated === undefined ? undefined : yield* readOneRow(duplicated)
})

const insert = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  request: FingerprintedJob,
  body: string,
  now: number
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const { handle, principal, account, fingerprint, lease } = request
  const prompt = request.prompt === undefined ? null : storable(request.prompt)
  const [row] = yield* sql`INSERT INTO klingkit_jobs ${sql
    .insert({
      handle,
      principal,
      account,
      operation: storable(request.operation),
      family: storable(request.family),
      model: storable(request.model),
      generation: storable(request.generation),
      fingerprint,
      idempotency_key: request.idempotencyKey ?? null,
      prompt,
      pipeline: request.partOf?.pipeline ?? null,
      step: request.partOf?.step ?? null,
      prompt_folded: prompt?.toLowerCase() ?? null,
      quote: JSON.stringify(toStoredQuote(request.quote)),
      spent_micros: reservedMicros(request.quote),
      spent_day: dayOf(now),
      state: "INTENT",
      sends: 0,
      outputs: "[]",
      charges: "[]",
      files: "[]",
      lease_owner: lease?.owner ?? null,
      lease_until: lease === undefined ? null : leaseEnd(now, lease.seconds),
      lease_fence: lease === undefined ? 0 : 1,
      created_at: now,
      updated_at: now,
      queue_key: request.queueKey === undefined ? null : storable(request.queueKey),
      slots: request.slots ?? 1,
      expected_seconds: request.expectedSeconds === undefined ? null : Math.round(request.expectedSeconds)
    })
    .returning("*")}`
  yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
  return yield* readOneRow(row as Readonly<Record<string, unknown>>)
})
