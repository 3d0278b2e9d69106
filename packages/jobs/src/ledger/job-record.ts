import type { Charge, TaskOutput } from "@klingkit/core"
import { Effect, Result, Schema, SchemaGetter, String as Text } from "effect"
import { type JobState, jobStates } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { QuoteFromStored } from "./stored-quote.ts"

const hasText = (value: unknown, field: string): boolean =>
  typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[field] === "string"

const Output = Schema.declare((value): value is TaskOutput => hasText(value, "type"))
const Charged = Schema.declare((value): value is Charge => hasText(value, "kind"))

/** A result file of a job on this machine. */
const File = Schema.Struct({
  path: Schema.String,
  bytes: Schema.Int,
  /** Hex; absent for a file that was not read back after it was saved. */
  sha256: Schema.optionalKey(Schema.String),
  mimeType: Schema.String
})
export type JobFile = typeof File.Type

/** Milliseconds, counts: PostgreSQL returns eight-byte integers as bigint. */
export const Integer = Schema.Union([Schema.Number, Schema.BigInt]).pipe(
  Schema.decodeTo(Schema.Int, {
    decode: SchemaGetter.transform(Number),
    encode: SchemaGetter.transform((value: number) => value)
  })
)

export const json = <S extends Schema.Constraint>(schema: S) => Schema.fromJsonString(schema)

/** A row of the ledger column by column, without columns that are null. */
const Row = Schema.Struct({
  handle: Schema.String,
  principal: Schema.String,
  account: Schema.String,
  operation: Schema.String,
  family: Schema.String,
  model: Schema.String,
  generation: Schema.String,
  fingerprint: Schema.String,
  idempotencyKey: Schema.optionalKey(Schema.String),
  prompt: Schema.optionalKey(Schema.String),
  quote: json(QuoteFromStored),
  spentMicros: Integer,
  state: Schema.Literals(jobStates),
  sends: Integer,
  sentAt: Schema.optionalKey(Integer),
  taskId: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  outputs: json(Schema.Array(Output)),
  charges: json(Schema.Array(Charged)),
  files: json(Schema.Array(File)),
  leaseOwner: Schema.optionalKey(Schema.String),
  leaseUntil: Schema.optionalKey(Integer),
  leaseFence: Integer,
  createdAt: Integer,
  updatedAt: Integer,
  finishedAt: Schema.optionalKey(Integer),
  /** When a process last started to poll it. */
  polledAt: Schema.optionalKey(Integer),
  /** When Kling last called back about it. */
  callbackReceivedAt: Schema.optionalKey(Integer),
  /** Since when it waits for a concurrency slot. */
  queuedAt: Schema.optionalKey(Integer),
  /** When its handle was last returned to a caller before its outcome was known. */
  acknowledgedAt: Schema.optionalKey(Integer),
  /** Whose concurrency slots it needs, and how many. */
  queueKey: Schema.optionalKey(Schema.String),
  slots: Schema.optionalKey(Integer),
  expectedSeconds: Schema.optionalKey(Integer),
  /** Of a step: the pipeline that it belongs to, and its id there. */
  pipeline: Schema.optionalKey(Schema.String),
  step: Schema.optionalKey(Schema.String),
  /** Of a synchronous call: its result as JSON, in which ids keep all digits. */
  answer: Schema.optionalKey(Schema.String)
})

/** Which process works on a job. The fence grows with every owner, which invalidates former ones. */
export interface Lease {
  readonly owner: string
  readonly fence: number
}

/** A paid request as the ledger stores it. Times are milliseconds since 1970. */
export interface JobRecord extends Omit<
  typeof Row.Type,
  "spentMicros" | "leaseOwner" | "leaseUntil" | "leaseFence" | "state"
> {
  readonly state: JobState
  /** Counted against the limits: the quote until the charge is known, zero once refused. */
  readonly spentUsd: number
  readonly lease?: Lease & { readonly until: number }
}

/** A row that cannot be read. It is never changed. */
export interface QuarantinedRow {
  readonly handle: string
  readonly detail: string
}

const decodeRow = Schema.decodeUnknownResult(Row)

/** The job in a row, or why the row cannot be read. */
export const readRow = (columns: Readonly<Record<string, unknown>>): Result.Result<JobRecord, QuarantinedRow> =>
  decodeRow(
    Object.fromEntries(
      Object.entries(columns).flatMap(([name, value]) => (value === null ? [] : [[Text.snakeToCamel(name), value]]))
    )
  ).pipe(
    Result.map(({ spentMicros, leaseOwner, leaseUntil, leaseFence, ...row }) => ({
      ...row,
      spentUsd: spentMicros / 1e6,
      ...(leaseOwner === undefined || leaseUntil === undefined
        ? {}
        : { lease: { owner: leaseOwner, fence: leaseFence, until: leaseUntil } })
    })),
    Result.mapError((error) => ({ handle: String(columns["handle"]), detail: error.message }))
  )

/** The job in a row; an unreadable row is an error. */
export const readOneRow = (columns: Readonly<Record<string, unknown>>): Effect.Effect<JobRecord, LedgerError> =>
  Effect.fromResult(readRow(columns)).pipe(
    Effect.mapError((quarantined) => ledgerError({ _tag: "Quarantined", ...quarantined }))
  )
