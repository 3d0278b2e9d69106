import { Clock, Effect, Struct } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { type BudgetLimits, dayOf } from "./budget.ts"
import { allLevelColumns, lineOfRow } from "./budget-line.ts"
import type { BudgetAlert } from "./budgets.ts"
import { checkLimits } from "./check-limits.ts"
import { knownMicros } from "./create-pipeline.ts"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { jobsOfPipeline, type StepJob } from "./found-steps.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { announcePipelineEnd } from "./messages.ts"
import { type PipelineRecord, type PipelineState, readPipeline } from "./pipeline-record.ts"
import { isStorable, storable } from "./storable-text.ts"

/** The pipeline of a handle. Another principal's pipeline is reported as not found. */
export const getPipeline = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string,
  principal: string
): Effect.fn.Return<PipelineRecord, LedgerError | SqlError> {
  const [row] = isStorable(handle)
    ? yield* sql`SELECT * FROM klingkit_pipelines WHERE handle = ${handle} AND principal = ${principal}`
    : []
  return row === undefined ? yield* ledgerError({ _tag: "NotFound", id: handle }) : yield* readPipeline(row)
})

export interface PipelineFilter {
  readonly principal: string
  readonly account?: string
  readonly states?: ReadonlyArray<PipelineState>
  /** The pipelines under these keys of the caller's own. */
  readonly idempotencyKeys?: ReadonlyArray<string>
  /** 20 when absent. */
  readonly limit?: number
}

/** Pipelines, newest first. */
export const listPipelines = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { principal, account, states, idempotencyKeys, limit = 20 }: PipelineFilter
): Effect.fn.Return<ReadonlyArray<PipelineRecord>, LedgerError | SqlError> {
  const { sql } = database
  const conditions = [
    sql`principal = ${principal}`,
    ...(account === undefined ? [] : [ofAccount(database, account)]),
    ...(states === undefined ? [] : [sql.in("state", states)]),
    ...(idempotencyKeys === undefined ? [] : [sql.in("idempotency_key", idempotencyKeys.map(storable))])
  ]
  const rows = yield* sql`SELECT * FROM klingkit_pipelines WHERE ${sql.and(conditions)}
    ORDER BY created_at DESC, handle DESC LIMIT ${limit}`
  return yield* Effect.forEach(rows, readPipeline)
})

/** Ends a pipeline unless it was resumed since it was read; its reservation is released. */
export const endPipeline = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  pipeline: PipelineRecord,
  state: "STOPPED" | "SUCCEEDED",
  message?: string
): Effect.fn.Return<void, LedgerError | SqlError> {
  const { sql } = database
  const { handle, resumes } = pipeline
  const now = yield* Clock.currentTimeMillis
  const columns = {
    state,
    message: message === undefined ? null : storable(message),
    reserved_micros: 0,
    updated_at: now,
    finished_at: now
  }
  yield* database.transaction(
    Effect.gen(function* () {
      const ended = yield* sql`UPDATE klingkit_pipelines SET ${sql.update(columns)}
        WHERE handle = ${handle} AND state = 'RUNNING' AND resumes = ${resumes} RETURNING handle`
      if (ended.length === 0) return
      yield* announcePipelineEnd(database, pipeline, state, now)
      if (state === "SUCCEEDED") yield* sql`DELETE FROM klingkit_bodies WHERE handle = ${handle}`
    })
  )
})

export interface ResumeOptions {
  /** A step of which it is unknown whether it was charged may be paid again. */
  readonly repeatUnknown?: boolean
  /** A step that has failed at Kling is paid again: true unless it says otherwise. */
  readonly retryFailed?: boolean
  readonly limits?: BudgetLimits
}

export interface ResumedPipeline extends PipelineRecord {
  /** The budgets of which it has used most by being resumed. */
  readonly alerts?: ReadonlyArray<BudgetAlert>
}

/** Sets a stopped pipeline to running; what it still needs is reserved again, within the limits. Others are unchanged. */
export const resumePipeline = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { handle, principal, account }: PipelineRecord,
  { repeatUnknown = false, retryFailed = true, limits = {} }: ResumeOptions
): Effect.fn.Return<ResumedPipeline, LedgerError | SqlError> {
  const { sql } = database
  return yield* database.exclusive(
    Effect.gen(function* () {
      const pipeline = yield* getPipeline(database, handle, principal)
      if (pipeline.state !== "STOPPED") return pipeline
      const now = yield* Clock.currentTimeMillis
      const paid = new Set((yield* jobsOfPipeline(database, handle)).flatMap(paidStep(repeatUnknown, retryFailed)))
      const reserved = knownMicros(pipeline.steps.filter(({ id }) => !paid.has(id)))
      const { upperBound: _upperBound, ...whole } = pipeline.quote
      const quote = { ...whole, priceUsd: reserved / 1e6 }
      const [lines] = yield* sql`SELECT ${allLevelColumns(database)} FROM klingkit_pipelines WHERE handle = ${handle}`
      const alerts = yield* checkLimits(database, {
        principal,
        account,
        line: lineOfRow(lines ?? {}),
        quote,
        // The price of the whole was checked against the limit per call when the pipeline was created.
        limits: Struct.omit(limits, ["maxUsdPerCall"]),
        day: dayOf(now)
      })
      const resumes = pipeline.resumes + 1
      const columns = {
        state: "RUNNING",
        message: null,
        resumes,
        reserved_micros: reserved,
        reserved_day: dayOf(now),
        updated_at: now,
        finished_at: null,
        ...(repeatUnknown ? { repeats_unknown: resumes } : {}),
        ...(retryFailed ? { retries_failed: resumes } : {})
      }
      const [row] =
        yield* sql`UPDATE klingkit_pipelines SET ${sql.update(columns)} WHERE handle = ${handle} RETURNING *`
      if (row === undefined) return yield* ledgerError({ _tag: "NotFound", id: handle })
      return { ...(yield* readPipeline(row)), ...(alerts.length === 0 ? {} : { alerts }) }
    })
  )
})

const paidStep =
  (repeatsUnknown: boolean, retriesFailed: boolean) =>
  ({ step, state }: StepJob): ReadonlyArray<string> => {
    const isRetried =
      state === "REFUSED" || (state === "FAILED" && retriesFailed) || (state === "UNKNOWN" && repeatsUnknown)
    return step === undefined || isRetried ? [] : [step]
  }
