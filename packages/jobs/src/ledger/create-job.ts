import { maxUsd, type Quote, type StoredRequest } from "@klingkit/core"
import { stringifyJson } from "@klingkit/core/internal"
import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { consumeApproval } from "./approvals.ts"
import { type BudgetLimits, commitReservation, dayOf, reservedMicros } from "./budget.ts"
import { type BudgetLine, lineColumns } from "./budget-line.ts"
import type { BudgetAlert } from "./budgets.ts"
import { checkLimits } from "./check-limits.ts"
import type { LedgerDatabase } from "./database.ts"
import { findDuplicate, identityOf, type RequestIdentity } from "./find-duplicate.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import { findForStep } from "./found-steps.ts"
import { leaseEnd, type LeaseRequest } from "./leases.ts"
import { expectedOutputs } from "./missing-results.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"
import { requestColumn } from "./stored-request.ts"
import { toStoredQuote } from "./stored-quote.ts"

/** A paid request before anything is sent. */
export interface NewJob {
  /** Minted by the caller; also the id under which Kling stores the task, where it accepts one. */
  readonly handle: string
  /** Who makes the request; `local` when absent. */
  readonly principal?: string
  /** Which Kling account pays: a digest of region and credential, no secret. */
  readonly account: string
  /** Whose budgets count it; the principal's as a person when absent. A step has that of its pipeline. */
  readonly budgetLine?: BudgetLine
  readonly operation: string
  readonly family: string
  readonly model: string
  readonly generation: string
  /** Kept until the outcome of the send is known, for the one resend after a crash. */
  readonly input: Readonly<Record<string, unknown>>
  readonly prompt?: string
  /** What is kept of the request for as long as the job. */
  readonly request?: StoredRequest
  readonly quote: Quote
  /** Whose concurrency slots the task needs, and how many (1 when absent). */
  readonly queueKey?: string
  readonly slots?: number
  /** Typical duration of the task. */
  readonly expectedSeconds?: number
  /** From the caller: the same key always means the same job. */
  readonly idempotencyKey?: string
  /** What the request gives however it was spelled (`planIdentity`); the input when absent. */
  readonly identity?: Readonly<Record<string, unknown>>
  /** The same with links in place of the results that it refers to: a request by link is this one too. */
  readonly linkedIdentity?: Readonly<Record<string, unknown>>
  /** As it may also be sent: with the account's other kind of credential, or with a result by its link. That is this request too. */
  readonly otherIdentity?: { readonly operation: string; readonly identity: Readonly<Record<string, unknown>> }
  /** Which of several identical requests, from 1. */
  readonly take?: number
  /** Without a key, an identical request is the same job until it ends, and for this long after (600 s). */
  readonly dedupeWindowSeconds?: number
  /** Another take, unless one that was asked for so has not ended. */
  readonly allowDuplicate?: boolean
  /** What identifies the request in place of what it gives: the position of a step in its pipeline. */
  readonly dedupeBy?: Readonly<Record<string, unknown>>
  readonly limits?: BudgetLimits
  /** The pipeline that this step belongs to: its price comes out of the pipeline's reservation. */
  readonly partOf?: StepOfPipeline
  /** A token of `issueApproval`, consumed when the job is new. */
  readonly approval?: string
  /** Its price needs an approval that it does not have: a duplicate is found, a new job is refused. */
  readonly isUnapproved?: boolean
  /** Taken together with a new job, so that no other process sends it. */
  readonly lease?: LeaseRequest
}

export interface StepOfPipeline {
  readonly pipeline: string
  readonly step: string
  /** What other pipelines find it by, and it them: one that is made, or being made, is not paid again. */
  readonly key?: string
  /** How often the pipeline was resumed. */
  readonly resume?: number
}

/** A new job, or the one that the request duplicates. Only the creator of a new one may send it. */
export interface CreateResult {
  readonly job: JobRecord
  readonly isNew: boolean
  /** Of a duplicate: the take that would be another one. */
  readonly nextTake?: number
  /** Of a new one: the budgets of which it has used most. */
  readonly alerts?: ReadonlyArray<BudgetAlert>
}

/** Whose budgets count a request. */
export const lineOf = ({ budgetLine, principal = "local" }: Pick<NewJob, "budgetLine" | "principal">): BudgetLine =>
  budgetLine ?? { person: principal }

/** Persists a request; once this returns, the row survives a crash. */
export const createJob = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newJob: NewJob
): Effect.fn.Return<CreateResult, LedgerError | SqlError> {
  yield* requireStorable(database, newJob)
  const identity = yield* identityOf(newJob)
  const body = stringifyJson(newJob.input)
  return yield* database.exclusive(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const duplicate = yield* findDuplicate(database, identity, now)
      if (duplicate._tag === "Same") return { job: duplicate.job, isNew: false, nextTake: duplicate.nextTake }
      const { account, quote, limits = {}, approval, partOf } = newJob
      const { principal, fingerprint, formerFingerprint } = identity
      let line = lineOf(newJob)
      if (partOf !== undefined) {
        // Another pipeline may have started this step since the whole was quoted.
        const made = yield* findForStep(database, { principal, account, partOf, now })
        line = (yield* commitReservation(database, partOf.pipeline, quote)) ?? line
        if (made !== undefined) return { job: made, isNew: false }
      }
      if (newJob.isUnapproved === true) return yield* ledgerError({ _tag: "ApprovalInvalid" })
      const alerts = yield* checkLimits(database, { principal, account, line, quote, limits, day: dayOf(now) })
      if (approval !== undefined) {
        const quoteUsd = maxUsd(quote)
        const price = quoteUsd === undefined ? {} : { quoteUsd }
        yield* consumeApproval(database, approval, { principal, fingerprint, formerFingerprint, ...price })
      }
      const job = yield* insertJob(database, { ...newJob, budgetLine: line }, { ...identity, ...duplicate }, body, now)
      // The budgets of a step have counted it since its pipeline began.
      return { job, isNew: true, ...(partOf === undefined ? { alerts } : {}) }
    })
  )
})

/** Fails if the ledger cannot take this request now. */
export const requireStorable = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  newJob: NewJob
): Effect.fn.Return<void, LedgerError | SqlError> {
  for (const field of ["handle", "principal", "account", "idempotencyKey"] as const) {
    if (!isStorable(newJob[field] ?? "")) return yield* ledgerError({ _tag: "Unstorable", field })
  }
  if (yield* database.isNearlyFull) return yield* ledgerError({ _tag: "DiskFull", location: database.location })
  yield* database.inPlace
})

/** Adds the row of a new job, in the transaction that has decided that it is new. */
export const insertJob = Effect.fnUntraced(function* (
  { sql, leaseTime }: LedgerDatabase["Service"],
  request: NewJob,
  identity: RequestIdentity & { readonly previousHandle?: string },
  body: string,
  now: number
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const { handle, account, lease } = request
  const { principal, fingerprint, take, wantsNextTake, previousHandle } = identity
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
      take,
      is_next_take: wantsNextTake ? 1 : 0,
      previous_handle: previousHandle ?? null,
      prompt,
      pipeline: request.partOf?.pipeline ?? null,
      step: request.partOf?.step ?? null,
      step_key: request.partOf?.key ?? null,
      prompt_folded: prompt?.toLowerCase() ?? null,
      quote: JSON.stringify(toStoredQuote(request.quote)),
      spent_micros: reservedMicros(request.quote),
      spent_day: dayOf(now),
      ...lineColumns(lineOf(request)),
      state: "INTENT",
      sends: 0,
      outputs: "[]",
      charges: "[]",
      files: "[]",
      lease_owner: lease?.owner ?? null,
      lease_until: lease === undefined ? null : leaseEnd(yield* leaseTime, lease.seconds),
      lease_fence: lease === undefined ? 0 : 1,
      created_at: now,
      updated_at: now,
      queue_key: request.queueKey === undefined ? null : storable(request.queueKey),
      slots: request.slots ?? 1,
      expected_seconds: request.expectedSeconds === undefined ? null : Math.round(request.expectedSeconds),
      expected_outputs: expectedOutputs(request.identity ?? request.input),
      request: requestColumn(request.request)
    })
    .returning("*")}`
  yield* sql`INSERT INTO klingkit_bodies ${sql.insert({ handle, body })}`
  return yield* readOneRow(row as Readonly<Record<string, unknown>>)
})
