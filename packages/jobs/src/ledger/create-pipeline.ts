import { maxUsd, type Quote, type StoredRequest } from "@klingkit/core"
import { stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, dayOf, reservedMicros } from "./budget.ts"
import { type BudgetLine, lineColumns } from "./budget-line.ts"
import type { BudgetAlert } from "./budgets.ts"
import { checkLimits } from "./check-limits.ts"
import { lineOf } from "./create-job.ts"
import type { LedgerDatabase } from "./database.ts"
import { linkStep } from "./found-steps.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { type PipelineRecord, readPipeline } from "./pipeline-record.ts"
import { isStorable, storable } from "./storable-text.ts"
import { requestColumn } from "./stored-request.ts"
import { toStoredQuote } from "./stored-quote.ts"
import { refuseUnknownAccount } from "./unknown-account.ts"

/** Several paid steps before the first is sent. */
export interface NewPipeline {
  readonly handle: string
  readonly principal: string
  readonly account: string
  /** Whose budgets count it and its steps; the principal's as a person when absent. */
  readonly budgetLine?: BudgetLine
  /** For display: `lip-sync`. */
  readonly name: string
  /** Of the whole, whichever take it is: what identifies a duplicate, together with the take. */
  readonly fingerprint: string
  /** The same as if the results that it refers to were given by their links. */
  readonly linkedFingerprint?: string
  /** Which of several identical pipelines, from 1. */
  readonly take?: number
  /** What its approval is bound to; the fingerprint when absent. */
  readonly approvalFingerprint?: string
  /** Of what it will pay. */
  readonly quote: Quote
  readonly steps: PipelineRecord["steps"]
  /** By step: the job that has made it, or makes it. It is not paid again. */
  readonly found?: ReadonlyMap<string, string>
  /** Everything another process needs to run it. */
  readonly plan: Readonly<Record<string, unknown>>
  /** The one request that it was planned from, as it is kept. */
  readonly request?: StoredRequest
  /** From the caller: the same key always means the same pipeline. */
  readonly idempotencyKey?: string
  /** Another take, unless a later one than the first has not succeeded yet. */
  readonly allowDuplicate?: boolean
  readonly limits?: BudgetLimits
  readonly approval?: string
  /** Its price needs an approval that it does not have: a duplicate is found, a new pipeline is refused. */
  readonly isUnapproved?: boolean
}

export interface CreatePipelineResult {
  readonly pipeline: PipelineRecord
  readonly isNew: boolean
  /** Of a duplicate: the take that would be another one. */
  readonly nextTake?: number
  /** Of a new one: the budgets of which it has used most. */
  readonly alerts?: ReadonlyArray<BudgetAlert>
}

/** The pipeline that a new one duplicates, and the take that would be another one. */
export interface FoundPipeline {
  readonly pipeline: PipelineRecord
  readonly nextTake: number
}

/** Without a key, an identical pipeline is the same one until it has succeeded, and for this long after. */
const dedupeWindowMillis = 600_000

/** Persists a pipeline and reserves its price, within the limits for the whole; or finds the one it duplicates. */
export const createPipeline = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newPipeline: NewPipeline
): Effect.fn.Return<CreatePipelineResult, LedgerError | SqlError> {
  const { sql } = database
  const {
    handle,
    principal,
    account,
    fingerprint,
    quote,
    steps,
    found = new Map(),
    limits = {},
    approval
  } = newPipeline
  const unpaid = steps.filter(({ id }) => !found.has(id))
  const { approvalFingerprint = fingerprint } = newPipeline
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(newPipeline[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  yield* database.inPlace
  const body = stringifyJson(newPipeline.plan)
  return yield* database.exclusive(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const which = yield* findTake(database, newPipeline)
      if (which.found !== undefined) return { ...which.found, isNew: false }
      if (newPipeline.isUnapproved === true) return yield* ledgerError({ _tag: "ApprovalInvalid" })
      const line = lineOf(newPipeline)
      const known = lowerBound(quote, unpaid)
      const alerts = yield* checkLimits(
        database,
        { principal, account, line, quote: known, limits, day: dayOf(now) },
        quote
      )
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
          fingerprint: fingerprintOfTake(fingerprint, which.take),
          idempotency_key: newPipeline.idempotencyKey ?? null,
          quote: JSON.stringify(toStoredQuote(quote)),
          steps: JSON.stringify(steps.map((step) => ({ ...step, quote: toStoredQuote(step.quote) }))),
          reserved_micros: knownMicros(unpaid),
          reserved_day: dayOf(now),
          ...lineColumns(line),
          state: "RUNNING",
          resumes: 0,
          repeats_unknown: 0,
          retries_failed: 0,
          created_at: now,
          updated_at: now,
          request: requestColumn(newPipeline.request)
        })
        .returning("*")}`
      yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
      for (const [step, job] of found) {
        yield* linkStep(database, { pipeline: handle, step, resume: 0, job, isQuoted: false })
      }
      return { pipeline: yield* readPipeline(row as Readonly<Record<string, unknown>>), isNew: true, alerts }
    })
  )
})

/** The pipeline that a new one duplicates, if any. */
export const findPipeline = (database: LedgerDatabase["Service"], newPipeline: NewPipeline) =>
  Effect.map(findTake(database, newPipeline), ({ found }) => found)

/** Which take a new pipeline is, and the pipeline that already is this take. */
interface FoundTake {
  readonly take: number
  readonly found?: FoundPipeline
}

const findTake = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { principal, account, idempotencyKey, allowDuplicate, take = 1, ...request }: NewPipeline
): Effect.fn.Return<FoundTake, LedgerError | SqlError> {
  const { sql } = database
  const now = yield* Clock.currentTimeMillis
  const { linkedFingerprint } = request
  const firstTakes = [request.fingerprint, ...(linkedFingerprint === undefined ? [] : [linkedFingerprint])]
  const fingerprints = firstTakes.map((one) => fingerprintOfTake(one, take))
  const scope = sql`principal = ${principal} AND ${ofAccount(database, account)}`
  const findLast = Effect.gen(function* () {
    const others = firstTakes.flatMap((one) => laterTakes.map((later) => fingerprintOfTake(one, later)))
    const rows = yield* sql`SELECT * FROM klingkit_pipelines
      WHERE ${sql.in("fingerprint", [...firstTakes, ...others])} AND ${scope}`
    const takes = rows.map((row) => ({ row, take: takeOfFingerprint(String(row["fingerprint"])) }))
    return takes.toSorted((one, other) => other.take - one.take)[0]
  })
  if (idempotencyKey === undefined && allowDuplicate === true) {
    const last = yield* findLast
    const next = (last?.take ?? 0) + 1
    // A replay of "another one" is the one that is still being made.
    return last !== undefined && last.take > 1 && last.row["state"] !== "SUCCEEDED"
      ? { take: last.take, found: { pipeline: yield* readPipeline(last.row), nextTake: next } }
      : { take: next }
  }
  const by = idempotencyKey === undefined ? "request" : "key"
  const where =
    idempotencyKey === undefined
      ? sql`${sql.in("fingerprint", fingerprints)} AND (finished_at > ${now - dedupeWindowMillis} OR state <> 'SUCCEEDED')`
      : sql`idempotency_key = ${idempotencyKey}`
  const [same] =
    yield* sql`SELECT * FROM klingkit_pipelines WHERE ${scope} AND ${where} ORDER BY created_at DESC LIMIT 1`
  if (same !== undefined && fingerprints.includes(String(same["fingerprint"]))) {
    const last = yield* findLast
    return { take, found: { pipeline: yield* readPipeline(same), nextTake: (last?.take ?? take) + 1 } }
  }
  if (same !== undefined) return yield* ledgerError({ _tag: "IdempotencyMismatch", handle: String(same["handle"]) })
  yield* refuseUnknownAccount(database, { principal, account }, { by, table: "klingkit_pipelines", where })
  return { take }
})

/** The first take has the fingerprint that it always had. */
const fingerprintOfTake = (fingerprint: string, take: number): string =>
  take === 1 ? fingerprint : `${fingerprint}#${take}`
const takeOfFingerprint = (fingerprint: string): number => Number(/#(\d+)$/.exec(fingerprint)?.[1] ?? 1)
/** As many as a caller can ask for by number. */
const laterTakes = Array.from({ length: 98 }, (_, index) => index + 2)

/** The reservation: the upper bound of each step, where it is known. */
export const knownMicros = (steps: PipelineRecord["steps"]): number =>
  steps.reduce((sum, { quote }) => sum + reservedMicros(quote), 0)

/** A pipeline without an upper bound costs at least the known part; if no part is known it stays unknown. */
const lowerBound = (quote: Quote, steps: PipelineRecord["steps"]): Quote => {
  const known = knownMicros(steps) / 1e6
  return maxUsd(quote) === undefined && known > 0 ? { ...quote, priceUsd: known } : quote
}
