import { Charge, Quote, StoredRequest, TaskOutput } from "@klingkit/core"
import { Effect, Result, Schema, String as Text } from "effect"
import { jobStates } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { StoredQuote } from "./stored-quote.ts"
import { readRequest } from "./stored-request.ts"

/** A result file of a job on this machine. */
export const JobFile = Schema.Struct({
  path: Schema.String,
  bytes: Schema.Int,
  /** Hex; absent for a file that was not read back after it was saved. */
  sha256: Schema.optionalKey(Schema.String),
  mimeType: Schema.String
})
export type JobFile = typeof JobFile.Type

/** Which process works on a job. The fence grows with every owner, which invalidates former ones. */
const Lease = Schema.Struct({ owner: Schema.String, fence: Schema.Int })
export type Lease = typeof Lease.Type

/** A paid request as the ledger stores it. Times are milliseconds since 1970. */
export const JobRecord = Schema.Struct({
  handle: Schema.String,
  principal: Schema.String,
  account: Schema.String,
  operation: Schema.String,
  family: Schema.String,
  model: Schema.String,
  generation: Schema.String,
  fingerprint: Schema.String,
  idempotencyKey: Schema.optionalKey(Schema.String),
  /** Which of several identical requests it is. */
  take: Schema.Int,
  /** The attempt under the same key that never reached Kling. */
  previousHandle: Schema.optionalKey(Schema.String),
  prompt: Schema.optionalKey(Schema.String),
  /** What it was asked for with; absent in rows of earlier releases. */
  request: Schema.optionalKey(StoredRequest),
  quote: Quote,
  /** Counted against the limits: the quote until the charge is known, zero once refused. */
  spentUsd: Schema.Finite,
  state: Schema.Literals(jobStates),
  sends: Schema.Int,
  sentAt: Schema.optionalKey(Schema.Int),
  taskId: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  outputs: Schema.Array(TaskOutput),
  charges: Schema.Array(Charge),
  files: Schema.Array(JobFile),
  lease: Schema.optionalKey(Schema.Struct({ ...Lease.fields, until: Schema.Int })),
  createdAt: Schema.Int,
  updatedAt: Schema.Int,
  finishedAt: Schema.optionalKey(Schema.Int),
  /** When a process last started to poll it. */
  polledAt: Schema.optionalKey(Schema.Int),
  /** When Kling last called back about it. */
  callbackReceivedAt: Schema.optionalKey(Schema.Int),
  /** Since when it waits for a concurrency slot. */
  queuedAt: Schema.optionalKey(Schema.Int),
  /** When its handle was last returned to a caller before its outcome was known. */
  acknowledgedAt: Schema.optionalKey(Schema.Int),
  /** Whose concurrency slots it needs, and how many. */
  queueKey: Schema.optionalKey(Schema.String),
  slots: Schema.optionalKey(Schema.Int),
  expectedSeconds: Schema.optionalKey(Schema.Int),
  /** How many results were paid for, at least. */
  expectedOutputs: Schema.optionalKey(Schema.Int),
  /** Of a success that lacks results or its bill: when Kling is asked again, and how often it was. */
  recheckAt: Schema.optionalKey(Schema.Int),
  rechecks: Schema.optionalKey(Schema.Int),
  /** Of a step: the pipeline that it belongs to, and its id there. */
  pipeline: Schema.optionalKey(Schema.String),
  step: Schema.optionalKey(Schema.String),
  /** By which other pipelines find it. */
  stepKey: Schema.optionalKey(Schema.String),
  /** Of a synchronous call: its result as JSON, in which ids keep all digits. */
  answer: Schema.optionalKey(Schema.String)
})
export type JobRecord = typeof JobRecord.Type

const { spentUsd: _spentUsd, lease: _lease, ...columns } = JobRecord.fields

/** A row of the ledger, column by column. */
const Row = Schema.Struct({
  ...columns,
  request: Schema.optionalKey(Schema.String),
  quote: Schema.fromJsonString(StoredQuote),
  outputs: Schema.fromJsonString(columns.outputs),
  charges: Schema.fromJsonString(columns.charges),
  files: Schema.fromJsonString(columns.files),
  spentMicros: Schema.Int,
  leaseOwner: Schema.optionalKey(Schema.String),
  leaseUntil: Schema.optionalKey(Schema.Int),
  leaseFence: Schema.Int
})

/** The columns of a row by field name, without those that are null. PostgreSQL returns integers as bigint. */
export const fieldsOfRow = (row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      value === null ? [] : [[Text.snakeToCamel(name), typeof value === "bigint" ? Number(value) : value]]
    )
  )

/** A row that cannot be read. It is never changed. */
export interface QuarantinedRow {
  readonly handle: string
  readonly detail: string
}

const decodeRow = Schema.decodeUnknownResult(Row)

/** The job in a row, or why the row cannot be read. */
export const readRow = (row: Readonly<Record<string, unknown>>): Result.Result<JobRecord, QuarantinedRow> =>
  decodeRow(fieldsOfRow(row)).pipe(
    Result.map(({ spentMicros, leaseOwner, leaseUntil, leaseFence, request, ...fields }) => ({
      ...fields,
      ...readRequest(request),
      spentUsd: spentMicros / 1e6,
      ...(leaseOwner === undefined || leaseUntil === undefined
        ? {}
        : { lease: { owner: leaseOwner, fence: leaseFence, until: leaseUntil } })
    })),
    Result.mapError((error) => ({ handle: String(row["handle"]), detail: error.message }))
  )

/** The job in a row; an unreadable row is an error. */
export const readOneRow = (row: Readonly<Record<string, unknown>>): Effect.Effect<JobRecord, LedgerError> =>
  Effect.fromResult(readRow(row)).pipe(
    Effect.mapError((quarantined) => ledgerError({ _tag: "Quarantined", ...quarantined }))
  )
