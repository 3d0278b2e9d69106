import { maxUsd, type Quote } from "@klingkit/core"
import { stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, checkBudget, dayOf, reservedMicros } from "./budget.ts"
import type { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { type PipelineRecord, readPipeline } from "./pipeline-record.ts"
import { isStorable, storable } from "./storable-text.ts"
import { toStoredQuote } from "./stored-quote.ts"
import { refuseUnknownAccount } from "./unknown-account.ts"

/** Several paid steps before the first is sent. */
export interface NewPipeline {
  readonly handle: string
  readonly principal: string
  readonly account: string
  /** For display: `lip-sync`. */
  readonly name: string
  /** Of the whole: what identifies a duplicate. */
  readonly fingerprint: string
  /** What its approval is bound to; the fingerprint when absent. */
  readonly approvalFingerprint?: string
  readonly quote: Quote
  readonly steps: PipelineRecord["steps"]
  /** Everything another process needs to run it. */
  readonly plan: Readonly<Record<string, unknown>>
  /** From the caller: the same key always means the same pipeline. */
  readonly idempotencyKey?: string
  readonly allowDuplicate?: boolean
  readonly limits?: BudgetLimits
  readonly approval?: string
}

export interface CreatePipelineResult {
  readonly pipeline: PipelineRecord
  readonly isNew: boolean
}

/** Without a key, an identical pipeline is the same one until it has succeeded, and for this long after. */
const dedupeWindowMillis = 600_000

/** Persists a pipeline and reserves its price, within the limits for the whole; or finds the one it duplicates. */
export const createPipeline = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newPipeline: NewPipeline
): Effect.fn.Return<CreatePipelineResult, LedgerError | SqlError> {
  const { sql } = database
  const { handle, principal, account, fingerprint, quote, steps, limits = {}, approval } = newPipeline
  const { approvalFingerprint = fingerprint } = newPipeline
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(newPipeline[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  yield* database.inPlace
  const body = stringifyJson(newPipeline.plan)
  return yield* database.exclusive(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const existing = yield* findPipeline(database, newPipeline)
      if (existing !== undefined) return { pipeline: existing, isNew: false }
      yield* checkBudget(database, { principal, account, quote: lowerBound(quote, steps), limits, day: dayOf(now) })
      if (approval !== undefined) {
        const quoteUsd = maxUsd(quote)
        const price = quoteUsd === undefined ? {} : { quoteUsd }
        const approved = { principal, fingerprint: approvalFingerprint, formerFingerprint: fingerprint, ...price }
        yield* consumeApproval(database, approval, approved)
      }
      const [row] = yield* sql`INSERT INTO klingkit_pipelines ${sql
        .insert({
          handle,
          principal,
          account,
          name: storable(newPipeline.name),
          fingerprint,
          idempotency_key: newPipeline.idempotencyKey ?? null,
          quote: JSON.stringify(toStoredQuote(quote)),
          steps: JSON.stringify(steps.map((step) => ({ ...step, quote: toStoredQuote(step.quote) }))),
          reserved_micros: knownMicros(steps),
          reserved_day: dayOf(now),
          state: "RUNNING",
          resumes: 0,
          repeats_unknown: 0,
          created_at: now,
          updated_at: now
        })
        .returning("*")}`
      yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
      return { pipeline: yield* readPipeline(row as Readonly<Record<string, unknown>>), isNew: true }
    })
  )
})

/** The pipeline that a new one duplicates, if any. */
export const findPipeline = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newPipeline: NewPipeline
): Effect.fn.Return<PipelineRecord | undefined, LedgerError | SqlError> {
  const { sql } = database
  const { principal, account, fingerprint, idempotencyKey, allowDuplicate } = newPipeline
  const now = yield* Clock.currentTimeMillis
  if (idempotencyKey === undefined && allowDuplicate === true) return undefined
  const by = idempotencyKey === undefined ? "request" : "key"
  const where =
    idempotencyKey === undefined
      ? sql`fingerprint = ${fingerprint} AND (finished_at > ${now - dedupeWindowMillis} OR state <> 'SUCCEEDED')`
      : sql`idempotency_key = ${idempotencyKey}`
  const [same] = yield* sql`SELECT * FROM klingkit_pipelines
    WHERE principal = ${principal} AND ${ofAccount(database, account)} AND ${where} ORDER BY created_at DESC LIMIT 1`
  if (same?.["fingerprint"] === fingerprint) return yield* readPipeline(same)
  if (same !== undefined) return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  yield* refuseUnknownAccount(database, newPipeline, { by, table: "klingkit_pipelines", where })
  return undefined
})

/** The reservation: the upper bound of each step, where it is known. */
export const knownMicros = (steps: PipelineRecord["steps"]): number =>
  steps.reduce((sum, { quote }) => sum + reservedMicros(quote), 0)

/** A pipeline without an upper bound costs at least the known part; if no part is known it stays unknown. */
const lowerBound = (quote: Quote, steps: PipelineRecord["steps"]): Quote => {
  const known = knownMicros(steps) / 1e6
  return maxUsd(quote) === undefined && known > 0 ? { ...quote, priceUsd: known } : quote
}
