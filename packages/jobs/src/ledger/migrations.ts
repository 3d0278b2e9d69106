import { Effect } from "effect"
import * as Migrator from "effect/sql/Migrator"
import { SqlClient } from "effect/sql/SqlClient"
import { isSqlError, SqlError, UnknownError } from "effect/sql/SqlError"
import { LedgerDatabase } from "./database.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

const statements = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const sql = yield* SqlClient
  yield* Effect.forEach(texts, (text) => sql.unsafe(text), { discard: true })
})

// Bodies have a table of their own: with images inside they are megabytes, and each transition rewrites the row.
const createTables = statements([
  `CREATE TABLE klingkit_jobs (
    handle TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    family TEXT NOT NULL,
    model TEXT NOT NULL,
    generation TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    idempotency_key TEXT,
    prompt TEXT,
    prompt_folded TEXT,
    quote TEXT NOT NULL,
    spent_micros BIGINT NOT NULL,
    spent_day BIGINT NOT NULL,
    state TEXT NOT NULL,
    sends BIGINT NOT NULL,
    sent_at BIGINT,
    task_id TEXT,
    message TEXT,
    outputs TEXT NOT NULL,
    charges TEXT NOT NULL,
    files TEXT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    lease_fence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT
  )`,
  `CREATE UNIQUE INDEX klingkit_jobs_key ON klingkit_jobs (principal, account, idempotency_key)`,
  `CREATE INDEX klingkit_jobs_newest ON klingkit_jobs (principal, created_at, handle)`,
  `CREATE INDEX klingkit_jobs_repeat ON klingkit_jobs (fingerprint, created_at)`,
  `CREATE INDEX klingkit_jobs_task ON klingkit_jobs (task_id)`,
  `CREATE INDEX klingkit_jobs_state ON klingkit_jobs (state, created_at)`,
  `CREATE INDEX klingkit_jobs_spent ON klingkit_jobs (spent_day, principal, account, spent_micros)`,
  `CREATE TABLE klingkit_bodies (handle TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)`,
  `CREATE TABLE klingkit_approvals (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
  )`
])

// When a job was last polled or called back about; which concurrency slots it waits for; when it was acknowledged.
const addFollowing = statements([
  `ALTER TABLE klingkit_jobs ADD COLUMN looked_at BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN called_at BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN queued_at BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN promised_at BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN lane TEXT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN slots BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN usual_seconds BIGINT`,
  `CREATE INDEX klingkit_jobs_lane ON klingkit_jobs (account, lane, state)`
])

const createPipelines = statements([
  `CREATE TABLE klingkit_chains (
    handle TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    idempotency_key TEXT,
    quote TEXT NOT NULL,
    steps TEXT NOT NULL,
    reserved_micros BIGINT NOT NULL,
    reserved_day BIGINT NOT NULL,
    state TEXT NOT NULL,
    resumes BIGINT NOT NULL,
    repeats_unknown BIGINT NOT NULL,
    message TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT
  )`,
  `CREATE UNIQUE INDEX klingkit_chains_key ON klingkit_chains (principal, account, idempotency_key)`,
  `CREATE INDEX klingkit_chains_newest ON klingkit_chains (principal, created_at, handle)`,
  `CREATE INDEX klingkit_chains_repeat ON klingkit_chains (fingerprint, created_at)`,
  `CREATE INDEX klingkit_chains_reserved ON klingkit_chains (reserved_day, principal, account, reserved_micros)`,
  `ALTER TABLE klingkit_jobs ADD COLUMN chain TEXT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN step TEXT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN answer TEXT`,
  `CREATE INDEX klingkit_jobs_chain ON klingkit_jobs (chain, created_at)`
])

// One word per thing. SQLite cannot rename an index, so those with old words are created again; PostgreSQL names one more.
const renameColumns = Effect.gen(function* () {
  const sql = yield* SqlClient
  yield* statements([
    `ALTER TABLE klingkit_jobs RENAME COLUMN looked_at TO polled_at`,
    `ALTER TABLE klingkit_jobs RENAME COLUMN called_at TO callback_received_at`,
    `ALTER TABLE klingkit_jobs RENAME COLUMN promised_at TO acknowledged_at`,
    `ALTER TABLE klingkit_jobs RENAME COLUMN lane TO queue_key`,
    `ALTER TABLE klingkit_jobs RENAME COLUMN usual_seconds TO expected_seconds`,
    `ALTER TABLE klingkit_jobs RENAME COLUMN chain TO pipeline`,
    `DROP INDEX klingkit_jobs_repeat`,
    `CREATE INDEX klingkit_jobs_duplicate ON klingkit_jobs (fingerprint, created_at)`,
    `DROP INDEX klingkit_jobs_lane`,
    `CREATE INDEX klingkit_jobs_queue ON klingkit_jobs (account, queue_key, state)`,
    `DROP INDEX klingkit_jobs_chain`,
    `CREATE INDEX klingkit_jobs_pipeline ON klingkit_jobs (pipeline, created_at)`,
    `ALTER TABLE klingkit_chains RENAME TO klingkit_pipelines`,
    `DROP INDEX klingkit_chains_key`,
    `CREATE UNIQUE INDEX klingkit_pipelines_key ON klingkit_pipelines (principal, account, idempotency_key)`,
    `DROP INDEX klingkit_chains_newest`,
    `CREATE INDEX klingkit_pipelines_newest ON klingkit_pipelines (principal, created_at, handle)`,
    `DROP INDEX klingkit_chains_repeat`,
    `CREATE INDEX klingkit_pipelines_duplicate ON klingkit_pipelines (fingerprint, created_at)`,
    `DROP INDEX klingkit_chains_reserved`,
    `CREATE INDEX klingkit_pipelines_reserved ON klingkit_pipelines (reserved_day, principal, account, reserved_micros)`,
    ...sql.onDialectOrElse({
      pg: () => [`ALTER INDEX IF EXISTS klingkit_chains_pkey RENAME TO klingkit_pipelines_pkey`],
      orElse: () => []
    })
  ])
})

// Tells this ledger from any other, whatever its file is called.
const addId = Effect.gen(function* () {
  const sql = yield* SqlClient
  const random = sql.onDialectOrElse({
    pg: () => "replace(gen_random_uuid()::text, '-', '')",
    orElse: () => "lower(hex(randomblob(16)))"
  })
  yield* statements([
    `CREATE TABLE klingkit_ledger (id TEXT NOT NULL PRIMARY KEY)`,
    `INSERT INTO klingkit_ledger (id) SELECT ${random}`
  ])
})

// Which of several identical requests a job is, whether the caller asked for "another", and the refused attempt before it.
const addTakes = statements([
  `ALTER TABLE klingkit_jobs ADD COLUMN take BIGINT NOT NULL DEFAULT 1`,
  `ALTER TABLE klingkit_jobs ADD COLUMN is_next_take BIGINT NOT NULL DEFAULT 0`,
  `ALTER TABLE klingkit_jobs ADD COLUMN previous_handle TEXT`
])

// Steps of pipelines are found by what they give, also by other pipelines. A failed step is retried where that is asked for;
// earlier releases did so at each resume.
const addStepKeys = statements([
  `ALTER TABLE klingkit_jobs ADD COLUMN step_key TEXT`,
  `CREATE INDEX klingkit_jobs_step_key ON klingkit_jobs (step_key)`,
  `CREATE TABLE klingkit_found_steps (
    pipeline TEXT NOT NULL,
    step TEXT NOT NULL,
    resume BIGINT NOT NULL,
    job TEXT NOT NULL,
    is_quoted BIGINT NOT NULL,
    PRIMARY KEY (pipeline, step, resume)
  )`,
  `CREATE INDEX klingkit_found_steps_job ON klingkit_found_steps (job)`,
  `ALTER TABLE klingkit_pipelines ADD COLUMN retries_failed BIGINT NOT NULL DEFAULT 0`,
  `UPDATE klingkit_pipelines SET retries_failed = resumes`
])

// Credentials come and go, the account that they pay from stays: which of them are of one account.
const createAccounts = statements([
  `CREATE TABLE klingkit_accounts (
    credential TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    key_digest TEXT,
    region TEXT,
    name TEXT,
    packs TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    first_seen_at BIGINT NOT NULL
  )`
])

// A success without its results or its bill is looked at again, also one that an earlier release has kept as it was.
const addRechecks = statements([
  `ALTER TABLE klingkit_jobs ADD COLUMN expected_outputs BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN recheck_at BIGINT`,
  `ALTER TABLE klingkit_jobs ADD COLUMN rechecks BIGINT`,
  `CREATE INDEX klingkit_jobs_recheck ON klingkit_jobs (recheck_at)`,
  `UPDATE klingkit_jobs SET recheck_at = 0
    WHERE state IN ('SUCCEEDED', 'FETCHED') AND answer IS NULL AND (outputs = '[]' OR charges = '[]')`
])

// What a user is asked to approve, found by the code that they type; and when they did.
const addApprovalRequests = statements([
  `ALTER TABLE klingkit_approvals ADD COLUMN principal TEXT`,
  `ALTER TABLE klingkit_approvals ADD COLUMN code TEXT`,
  `ALTER TABLE klingkit_approvals ADD COLUMN question TEXT`,
  `ALTER TABLE klingkit_approvals ADD COLUMN granted_at BIGINT`,
  `CREATE INDEX klingkit_approvals_purpose ON klingkit_approvals (purpose)`
])

// What was asked for, so that it can be shown and made again. Earlier releases kept it only until its outcome was known.
const addRequests = statements([
  `ALTER TABLE klingkit_jobs ADD COLUMN request TEXT`,
  `ALTER TABLE klingkit_pipelines ADD COLUMN request TEXT`
])

// Keys of callers of a hosted server, by hash. A name can be given again once its key is revoked.
const createAccessKeys = statements([
  `CREATE TABLE klingkit_access_keys (
    key_hash TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
  )`,
  `CREATE INDEX klingkit_access_keys_name ON klingkit_access_keys (name)`
])

// Programs that are notified when jobs end, and the messages for them: written in the transaction that ends a job.
const createEndpoints = statements([
  `CREATE TABLE klingkit_endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    principal TEXT,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    not_before BIGINT,
    disabled_at BIGINT
  )`,
  `CREATE UNIQUE INDEX klingkit_endpoints_name ON klingkit_endpoints (name)`,
  `CREATE TABLE klingkit_messages (
    endpoint TEXT NOT NULL,
    message_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    principal TEXT NOT NULL,
    ending TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    claims BIGINT NOT NULL,
    first_attempt_at BIGINT,
    attempted_at BIGINT,
    delivered_at BIGINT,
    given_up_at BIGINT,
    failure TEXT,
    PRIMARY KEY (endpoint, message_id)
  )`,
  `CREATE INDEX klingkit_messages_due ON klingkit_messages (endpoint, due_at)`,
  `CREATE INDEX klingkit_messages_handle ON klingkit_messages (handle)`
])

// Kling credentials of callers of a hosted server, encrypted. `key_id` says with which key of the server.
const createStoredCredentials = statements([
  `CREATE TABLE klingkit_stored_credentials (
    principal TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    stored_at BIGINT NOT NULL
  )`
])

// For whom a request is paid. Earlier releases knew its principal only: a person, or an access key by its name.
const addBudgets = statements([
  ...["klingkit_jobs", "klingkit_pipelines"].flatMap((table) => [
    ...["organization", "project", "person", "access_key"].map(
      (column) => `ALTER TABLE ${table} ADD COLUMN ${column} TEXT`
    ),
    `UPDATE ${table} SET person = principal WHERE principal NOT LIKE 'key:%'`,
    `UPDATE ${table} SET access_key = SUBSTR(principal, 5) WHERE principal LIKE 'key:%'`
  ]),
  `CREATE INDEX klingkit_jobs_budget
    ON klingkit_jobs (spent_day, organization, project, person, access_key, spent_micros)`,
  `ALTER TABLE klingkit_access_keys ADD COLUMN person TEXT`,
  `ALTER TABLE klingkit_access_keys ADD COLUMN project TEXT`,
  `CREATE TABLE klingkit_budgets (
    level TEXT NOT NULL,
    name TEXT NOT NULL,
    period TEXT NOT NULL,
    limit_micros BIGINT NOT NULL,
    alerted_period TEXT,
    PRIMARY KEY (level, name, period)
  )`
])

// One-use links by which callers of a hosted server upload files, by hash, and what was uploaded by them.
const createUploads = statements([
  `CREATE TABLE klingkit_uploads (
    token_hash TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    upload TEXT,
    file TEXT
  )`,
  `CREATE INDEX klingkit_uploads_upload ON klingkit_uploads (principal, upload)`
])

/** Steps from an empty database to the current version. A released step never changes. */
const steps = {
  "0001_create_tables": createTables,
  "0002_add_following": addFollowing,
  "0003_create_chains": createPipelines,
  "0004_rename_columns": renameColumns,
  "0005_add_id": addId,
  "0006_add_takes": addTakes,
  "0007_create_accounts": createAccounts,
  "0008_add_step_keys": addStepKeys,
  "0009_add_rechecks": addRechecks,
  "0010_add_approval_requests": addApprovalRequests,
  "0011_add_requests": addRequests,
  "0012_create_access_keys": createAccessKeys,
  "0013_create_endpoints": createEndpoints,
  "0014_create_stored_credentials": createStoredCredentials,
  "0015_add_budgets": addBudgets,
  "0016_create_uploads": createUploads
}

const table = "klingkit_migrations"
/** The version of ledgers that this release writes. */
export const knownVersion = Math.max(...Object.keys(steps).map((name) => Number.parseInt(name, 10)))

const migrationMillis = 600_000

/**
 * Migrates the tables to the current version, one process at a time. A ledger of a later version is refused. One that
 * cannot be written is noticed here, when it is opened, before anything is paid.
 */
export const migrate: Effect.Effect<void, LedgerError, LedgerDatabase> = Effect.gen(function* () {
  const database = yield* LedgerDatabase
  const { sql, location } = database
  const isServer = sql.onDialectOrElse({ pg: () => true, orElse: () => false })
  const run = Effect.gen(function* () {
    if (isServer) yield* sql`SELECT set_config('statement_timeout', '0', true)`
    yield* Migrator.make({})({ loader: Migrator.fromRecord(steps), table })
    const rows = yield* sql<{ version: number }>`SELECT MAX(migration_id) AS version FROM ${sql(table)}`
    const found = rows[0]?.version ?? 0
    if (found > knownVersion) return yield* ledgerError({ _tag: "NewerVersion", location, found, known: knownVersion })
    // Changes no row, yet a read-only database rejects it.
    yield* sql`UPDATE klingkit_jobs SET state = state WHERE handle = ''`
    const [ledger] = yield* sql<{ id: string }>`SELECT id FROM klingkit_ledger`
    return ledger?.id ?? ""
  })
  // Tables of many years take their time; a server that does not answer at all is noticed first.
  if (isServer) yield* database.guard(true)(sql`SELECT 1`)
  yield* database.exclusive(run).pipe(
    Effect.catchTag("MigrationError", ({ cause, message }) =>
      Effect.fail(isSqlError(cause) ? cause : new SqlError({ reason: new UnknownError({ cause: new Error(message) }) }))
    ),
    Effect.provideService(SqlClient, sql),
    Effect.flatMap((id) => database.checkId(id)),
    database.guard(true, isServer ? migrationMillis : undefined)
  )
})
