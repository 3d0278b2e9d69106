import { Effect, Result, Schema } from "effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { SqlError } from "effect/sql/SqlError"
import { ofAccount } from "./accounts.ts"
import type { LedgerDatabase } from "./database.ts"
import { type JobRecord, type QuarantinedRow, readOneRow, readRow } from "./job-record.ts"
import type { JobState } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { isStorable, storable } from "./storable-text.ts"

/** Which jobs to list, newest first. All given conditions must hold. */
export interface JobFilter {
  /** `local` when absent; no principal sees the jobs of another. */
  readonly principal?: string
  /** The job with this handle, or with this task id of Kling. */
  readonly id?: string
  readonly states?: ReadonlyArray<JobState>
  readonly family?: string
  readonly model?: string
  readonly account?: string
  /** The jobs under these keys of the caller's own. */
  readonly idempotencyKeys?: ReadonlyArray<string>
  /** Created at this time or later, in milliseconds since 1970. */
  readonly since?: number
  /** Created before this time. */
  readonly until?: number
  /** A part of the prompt, case-insensitive. */
  readonly search?: string
  /** Kling's id or URL of a video, an audio file or another output of the job. */
  readonly result?: string
  /** Only those that Kling has given no task id: calls whose answer tells none, and what was not accepted. */
  readonly isWithoutTaskId?: boolean
  /** 20 when absent, at most 500. */
  readonly limit?: number
  /** The `nextCursor` of the previous page. */
  readonly cursor?: string
}

export interface JobPage {
  readonly jobs: ReadonlyArray<JobRecord>
  /** Rows of this page that cannot be read. */
  readonly quarantined: ReadonlyArray<QuarantinedRow>
  /** Absent on the last page. */
  readonly nextCursor?: string
}

/** The job with a handle or a task id of Kling. Another principal's job is reported as not found. */
export const getJob = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  id: string,
  principal: string
): Effect.fn.Return<JobRecord, LedgerError | SqlError> {
  const [row] =
    isStorable(id) && isStorable(principal)
      ? yield* sql`SELECT * FROM klingkit_jobs WHERE principal = ${principal} AND (handle = ${id} OR task_id = ${id})
          ORDER BY CASE WHEN handle = ${id} THEN 0 ELSE 1 END, created_at DESC LIMIT 1`
      : []
  if (row === undefined) return yield* ledgerError({ _tag: "NotFound", id })
  return yield* readOneRow(row)
})

export const listJobs = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  filter: JobFilter
): Effect.fn.Return<JobPage, LedgerError | SqlError> {
  const { principal = "local", id, states, family, model, since, until, search, result, cursor } = filter
  const { account, idempotencyKeys, isWithoutTaskId = false } = filter
  const { sql } = database
  if (!isStorable(principal)) return { jobs: [], quarantined: [] }
  const limit = Math.max(1, Math.min(filter.limit ?? 20, 500))
  const after = cursor === undefined ? undefined : yield* readCursor(cursor)
  const conditions = [
    sql`principal = ${principal}`,
    ...(id === undefined ? [] : [sql`(handle = ${storable(id)} OR task_id = ${storable(id)})`]),
    ...(states === undefined ? [] : [sql.in("state", states)]),
    ...(family === undefined ? [] : [sql`family = ${storable(family)}`]),
    ...(model === undefined ? [] : [sql`model = ${storable(model)}`]),
    ...(account === undefined ? [] : [ofAccount(database, account)]),
    ...(idempotencyKeys === undefined ? [] : [sql.in("idempotency_key", idempotencyKeys.map(storable))]),
    ...(isWithoutTaskId ? [sql`task_id IS NULL`] : []),
    ...(since === undefined ? [] : [sql`created_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`created_at < ${until}`]),
    ...(search === undefined ? [] : [sql`prompt_folded LIKE ${containing(search.toLowerCase())} ESCAPE '!'`]),
    ...(result === undefined
      ? []
      : [sql.or(outputFields.map((name) => sql`outputs LIKE ${inField(name, result)} ESCAPE '!'`))]),
    ...(after === undefined
      ? []
      : [sql`(created_at < ${after[0]} OR (created_at = ${after[0]} AND handle < ${after[1]}))`])
  ]
  const rows = yield* sql`SELECT * FROM klingkit_jobs WHERE ${sql.and(conditions)}
    ORDER BY created_at DESC, handle DESC LIMIT ${limit + 1}`
  const page = rows.slice(0, limit)
  const [quarantined, jobs] = partition(page.map(readRow))
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    jobs,
    quarantined,
    ...(last === undefined ? {} : { nextCursor: writeCursor(Number(last["created_at"]), String(last["handle"])) })
  }
})

const partition = (rows: ReadonlyArray<Result.Result<JobRecord, QuarantinedRow>>) => {
  const bad = rows.flatMap((row) => (Result.isFailure(row) ? [row.failure] : []))
  const good = rows.flatMap((row) => (Result.isSuccess(row) ? [row.success] : []))
  return [bad, good] as const
}

const outputFields = ["id", "url", "wavUrl", "watermarkUrl"] as const

const inField = (name: string, value: string): string => containing(`"${name}":${JSON.stringify(value)}`)

const containing = (part: string): string => `%${storable(part).replaceAll(/[!%_]/g, "!$&")}%`

const Position = Schema.fromJsonString(Schema.Tuple([Schema.Int, Schema.String]))

const writeCursor = (createdAt: number, handle: string): string => Base64Url.encode(JSON.stringify([createdAt, handle]))

const readCursor = (cursor: string): Effect.Effect<readonly [number, string], LedgerError> =>
  Effect.fromResult(Base64Url.decodeString(cursor)).pipe(
    Effect.flatMap(Schema.decodeEffect(Position)),
    Effect.filterOrFail(([, handle]) => isStorable(handle)),
    Effect.mapError(() => ledgerError({ _tag: "BadCursor" }, true))
  )
