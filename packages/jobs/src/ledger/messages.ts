import { Clock, Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import type { LedgerDatabase } from "./database.ts"
import type { Endpoint } from "./endpoints.ts"
import type { JobRecord } from "./job-record.ts"
import type { JobState } from "./job-state.ts"
import { missingResults } from "./missing-results.ts"
import type { PipelineRecord } from "./pipeline-record.ts"

/** How a job has ended. One that is unresolved ends once more when its task turns up. */
export type Ending = "succeeded" | "failed" | "unresolved"

/** That a job has ended, on its way to one endpoint. Times are milliseconds since 1970. */
export interface Message {
  /** The same for each attempt to send it, and for each endpoint that gets it. */
  readonly id: string
  /** Its id. */
  readonly endpoint: string
  readonly handle: string
  readonly principal: string
  readonly ending: Ending
  readonly endedAt: number
  /** This one included. */
  readonly attempts: number
  readonly firstAttemptAt: number
  /** Of this attempt: a later one, or a replay, invalidates it. */
  readonly claims: number
}

/** What became of an attempt. */
export type Attempted =
  | { readonly _tag: "Delivered" }
  | { readonly _tag: "Failed"; readonly failure: string; readonly nextAt: number }
  | { readonly _tag: "GivenUp"; readonly failure: string }
  /** The endpoint wants no more messages. */
  | { readonly _tag: "Gone"; readonly failure: string }
  /** The job no longer stands so: another message says, or will say, how it ended. */
  | { readonly _tag: "Outdated" }

/** How long the message of a success waits for results that Kling does not show yet. */
const resultsMillis = 15 * 60_000
/** Guards against clock skew: a time that is further in the future than any pause between two attempts is due. */
const latestMillis = 4 * 24 * 3_600_000

/** No state but these is an end: files are saved by those who know that it has ended. */
const endings: Partial<Readonly<Record<JobState, Ending>>> = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  REFUSED: "failed",
  UNKNOWN: "unresolved"
}

/** Within the transaction that ends a job: writes a message for each endpoint that hears of it. */
export const announceEnd = (
  database: LedgerDatabase["Service"],
  job: JobRecord,
  now: number
): Effect.Effect<void, SqlError> => {
  const { handle, principal, state, finishedAt = now } = job
  const ending = endings[state]
  if (ending === undefined) return Effect.void
  const id = ending === "unresolved" ? `msg_${handle}_unresolved` : `msg_${handle}`
  const dueAt = missingResults(job)?.results === undefined ? now : now + resultsMillis
  return announce(database, { id, handle, principal, ending, endedAt: finishedAt, dueAt })
}

/** The same of a pipeline, which may stop several times. */
export const announcePipelineEnd = (
  database: LedgerDatabase["Service"],
  { handle, principal, resumes }: PipelineRecord,
  state: "STOPPED" | "SUCCEEDED",
  now: number
): Effect.Effect<void, SqlError> =>
  announce(
    database,
    state === "SUCCEEDED"
      ? { id: `msg_${handle}`, handle, principal, ending: "succeeded", endedAt: now, dueAt: now }
      : { id: `msg_${handle}_stopped_${resumes}`, handle, principal, ending: "failed", endedAt: now, dueAt: now }
  )

type Announced = Pick<Message, "id" | "handle" | "principal" | "ending" | "endedAt"> & { readonly dueAt: number }

const announce = ({ sql }: LedgerDatabase["Service"], { id, handle, principal, ending, endedAt, dueAt }: Announced) =>
  Effect.asVoid(
    sql`INSERT INTO klingkit_messages (endpoint, ${columns(sql)})
      SELECT id, ${id}, ${handle}, ${principal}, ${ending}, ${bigint(sql, endedAt)}, ${bigint(sql, dueAt)}, 0, 0
      FROM klingkit_endpoints WHERE disabled_at IS NULL AND (principal IS NULL OR principal = ${principal})
      ON CONFLICT DO NOTHING`
  )

const columns = (sql: LedgerDatabase["Service"]["sql"]) =>
  sql.literal("message_id, handle, principal, ending, ended_at, due_at, attempts, claims")

/** PostgreSQL takes a parameter of a SELECT for text. */
const bigint = (sql: LedgerDatabase["Service"]["sql"], value: number) => sql`CAST(${value} AS BIGINT)`

/** Within the transaction that adds the last results of a job: its message waits no longer. */
export const announceResults = ({ sql }: LedgerDatabase["Service"], { handle }: JobRecord, now: number) =>
  sql`UPDATE klingkit_messages SET due_at = ${now} WHERE handle = ${handle} AND attempts = 0 AND due_at > ${now}`

/** Writes the messages about what ended since a time, as far as the endpoint has none of them. */
export const announceEndedSince = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  { id, principal }: Endpoint,
  since: number
): Effect.fn.Return<void, SqlError> {
  const heard = principal === undefined ? sql`1 = 1` : sql`principal = ${principal}`
  const time = bigint(sql, since)
  yield* sql`INSERT INTO klingkit_messages (endpoint, ${columns(sql)})
    SELECT ${id}, CASE WHEN state = 'UNKNOWN' THEN 'msg_' || handle || '_unresolved' ELSE 'msg_' || handle END,
      handle, principal,
      CASE WHEN state = 'UNKNOWN' THEN 'unresolved' WHEN state IN ('SUCCEEDED', 'FETCHED') THEN 'succeeded' ELSE 'failed' END,
      COALESCE(finished_at, updated_at), ${time}, 0, 0
    FROM klingkit_jobs WHERE (finished_at >= ${since} OR (state = 'UNKNOWN' AND updated_at >= ${since})) AND ${heard}
    ON CONFLICT DO NOTHING`
  yield* sql`INSERT INTO klingkit_messages (endpoint, ${columns(sql)})
    SELECT ${id}, CASE WHEN state = 'SUCCEEDED' THEN 'msg_' || handle ELSE 'msg_' || handle || '_stopped_' || resumes END,
      handle, principal, CASE WHEN state = 'SUCCEEDED' THEN 'succeeded' ELSE 'failed' END, finished_at, ${time}, 0, 0
    FROM klingkit_pipelines WHERE finished_at >= ${since} AND ${heard}
    ON CONFLICT DO NOTHING`
})

/**
 * Claims due messages of an endpoint that wants some now, those first that are due for longest. The process that claims one sends it and records what became
 * of it; if that is not recorded within `leaseMillis`, it is due again.
 */
export const claimMessages = Effect.fnUntraced(function* (
  { sql }: LedgerDatabase["Service"],
  endpoint: string,
  { limit, leaseMillis }: { readonly limit: number; readonly leaseMillis: number }
): Effect.fn.Return<ReadonlyArray<Message>, SqlError> {
  const now = yield* Clock.currentTimeMillis
  const due = yield* sql<{ message_id: string; claims: number | bigint }>`SELECT message_id, claims
    FROM klingkit_messages WHERE endpoint = ${endpoint} AND (due_at <= ${now} OR due_at > ${now + latestMillis})
      AND endpoint IN (SELECT id FROM klingkit_endpoints WHERE disabled_at IS NULL
        AND (not_before IS NULL OR not_before <= ${now} OR not_before > ${now + latestMillis}))
    ORDER BY due_at, message_id LIMIT ${limit}`
  const claimed = yield* Effect.forEach(
    due,
    // The number of claims, which each claim changes, lets one of several processes have it.
    ({ message_id: id, claims }) => sql`UPDATE klingkit_messages
      SET due_at = ${now + leaseMillis}, claims = claims + 1, attempts = attempts + 1, attempted_at = ${now},
        first_attempt_at = COALESCE(first_attempt_at, ${now})
      WHERE endpoint = ${endpoint} AND message_id = ${id} AND claims = ${Number(claims)} AND due_at IS NOT NULL
      RETURNING *`
  )
  return claimed.flat().map((row) => ({
    endpoint,
    id: String(row["message_id"]),
    handle: String(row["handle"]),
    principal: String(row["principal"]),
    ending: row["ending"] as Ending,
    endedAt: Number(row["ended_at"]),
    attempts: Number(row["attempts"]),
    firstAttemptAt: Number(row["first_attempt_at"]),
    claims: Number(row["claims"])
  }))
})

/** Records an attempt, unless another has begun since or the message is replayed. */
export const recordAttempt = (
  database: LedgerDatabase["Service"],
  { id, endpoint, claims }: Message,
  attempted: Attempted
): Effect.Effect<void, SqlError> => {
  const { sql } = database
  const message = sql`endpoint = ${endpoint} AND message_id = ${id} AND claims = ${claims}`
  return database.transaction(
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (attempted._tag === "Outdated")
        return yield* Effect.asVoid(sql`DELETE FROM klingkit_messages WHERE ${message}`)
      if (attempted._tag === "Gone") {
        yield* sql`UPDATE klingkit_endpoints SET disabled_at = ${now} WHERE id = ${endpoint}`
      }
      yield* sql`UPDATE klingkit_messages SET ${sql.update(outcome(attempted, now))} WHERE ${message}`
    })
  )
}

const outcome = (attempted: Exclude<Attempted, { readonly _tag: "Outdated" }>, now: number) => {
  switch (attempted._tag) {
    case "Delivered":
      return { due_at: null, delivered_at: now, failure: null }
    case "Failed":
      return { due_at: attempted.nextAt, failure: attempted.failure }
    default:
      return { due_at: null, given_up_at: now, failure: attempted.failure }
  }
}
