import { resultRetentionMillis, sessionMillis } from "@klingkit/core/internal"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { StepOfPipeline } from "./create-job.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, readOneRow } from "./job-record.ts"
import type { LedgerError } from "./ledger-error.ts"
import { refuseUnknownAccount } from "./unknown-account.ts"

/** A job of a pipeline's step. Several are attempts; one may be another pipeline's. */
export interface StepJob extends JobRecord {
  /** Found, not paid, by this pipeline: after which resume, and whether its price was in the quote all the same. */
  readonly found?: { readonly resume: number; readonly isQuoted: boolean }
}

/** Whose steps are found. */
interface StepScope {
  readonly principal: string
  readonly account: string
}

/**
 * The best job of each key of the last 30 days, for which Kling keeps results: one that has succeeded, else one that has
 * not ended, else one that cannot be decided or has failed. Refused ones have made nothing, and unsent ones may never be
 * sent.
 */
export const findSteps = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { principal, account }: StepScope,
  keys: ReadonlyArray<string>,
  now: number
): Effect.fn.Return<ReadonlyMap<string, JobRecord>, LedgerError | SqlError> {
  const { sql } = database
  if (keys.length === 0) return new Map()
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${sql.in("step_key", keys)}
    AND principal = ${principal} AND ${ofAccount(database, account)} AND state <> 'REFUSED' AND state <> 'INTENT'
    AND COALESCE(finished_at, created_at) > ${now - resultRetentionMillis}
    ORDER BY created_at, handle`
  const best = new Map<string, JobRecord>()
  for (const job of yield* Effect.forEach(rows, readOneRow)) {
    const other = best.get(job.stepKey ?? "")
    if (other === undefined || rank(other) <= rank(job)) best.set(job.stepKey ?? "", job)
  }
  return best
})

/** Whether what a job has made is no longer at Kling. Faces are kept for a session. */
export const hasExpired = ({ operation, createdAt, finishedAt = createdAt }: JobRecord, now: number): boolean =>
  now - finishedAt >= (operation === "legacy.identify-face" ? sessionMillis : resultRetentionMillis)

const rank = ({ state }: JobRecord): number => {
  if (state === "SUCCEEDED" || state === "FETCHED") return 3
  return state === "FAILED" ? 0 : state === "UNKNOWN" ? 1 : 2
}

/** The step of another pipeline that answers for one that is about to be sent, in the transaction that would create it. */
export const findForStep = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { partOf, now, ...scope }: StepScope & { readonly partOf: StepOfPipeline; readonly now: number }
): Effect.fn.Return<JobRecord | undefined, LedgerError | SqlError> {
  const { sql } = database
  const { pipeline, step, key, resume = 0 } = partOf
  if (key === undefined) return undefined
  const known = sql`SELECT job FROM klingkit_found_steps WHERE pipeline = ${pipeline}`
  const where = sql`step_key = ${key} AND state <> 'REFUSED' AND state <> 'FAILED'`
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${where}
    AND principal = ${scope.principal} AND ${ofAccount(database, scope.account)}
    AND (pipeline IS NULL OR pipeline <> ${pipeline}) AND handle NOT IN (${known}) ORDER BY created_at, handle`
  const usable = (yield* Effect.forEach(rows, readOneRow)).filter((job) => !hasExpired(job, now))
  const best = usable.toSorted((a, b) => rank(a) - rank(b)).at(-1)
  if (best === undefined) {
    yield* refuseUnknownAccount(database, scope, { by: "request", table: "klingkit_jobs", where })
    return undefined
  }
  yield* linkStep(database, { pipeline, step, resume, job: best.handle, isQuoted: true })
  return best
})

interface FoundStep {
  readonly pipeline: string
  readonly step: string
  readonly resume: number
  readonly job: string
  readonly isQuoted: boolean
}

/** From now on another pipeline's job is this one's step. */
export const linkStep = ({ sql }: LedgerDatabase["Service"], { isQuoted, ...found }: FoundStep) =>
  sql`INSERT INTO klingkit_found_steps ${sql.insert({ ...found, is_quoted: isQuoted ? 1 : 0 })}
    ON CONFLICT (pipeline, step, resume) DO UPDATE SET job = excluded.job, is_quoted = excluded.is_quoted`

/** The jobs of a pipeline's steps, in order of creation, those that it has found included. */
export const jobsOfPipeline = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  handle: string
): Effect.fn.Return<ReadonlyArray<StepJob>, LedgerError | SqlError> {
  const own = yield* sql`SELECT * FROM klingkit_jobs WHERE pipeline = ${handle} ORDER BY created_at, handle`
  const links = yield* sql`SELECT * FROM klingkit_found_steps WHERE pipeline = ${handle}`
  const jobs: ReadonlyArray<StepJob> = yield* Effect.forEach(own, readOneRow)
  if (links.length === 0) return jobs
  const handles = links.map(({ job }) => String(job))
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${sql.in("handle", handles)} ORDER BY created_at, handle`
  const linked = yield* Effect.forEach(rows, readOneRow)
  const found = links.flatMap(({ job, step, resume, is_quoted: isQuoted }): ReadonlyArray<StepJob> =>
    linked
      .filter((record) => record.handle === job)
      .map((record) => ({
        ...record,
        step: String(step),
        found: { resume: Number(resume), isQuoted: Number(isQuoted) === 1 }
      }))
  )
  return [...found, ...jobs]
})
