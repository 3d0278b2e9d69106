import type { Charge, Quote, TaskOutput } from "@klingkit/core"
import { Effect, Result, Schema, SchemaGetter, String as Text } from "effect"
import { type JobState, jobStates } from "./job-state.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

const hasText = (value: unknown, field: string): boolean =>
  typeof value === "object" && value !== null && typeof (value as Record<string, unknown>)[field] === "string"

export const Quoted = Schema.declare((value): value is Quote => hasText(value, "state") && hasText(value, "rule"))
const Output = Schema.declare((value): value is TaskOutput => hasText(value, "type"))
const Charged = Schema.declare((value): value is Charge => hasText(value, "kind"))

/** A result file of a job on this machine. */
const File = Schema.Struct({
  path: Schema.String,
  bytes: Schema.Int,
  /** Hex; absent for a file that was not read again after it was saved. */
  sha256: Schema.optionalKey(Schema.String),
  mimeType: Schema.String
})
export type JobFile = typeof File.Type

/** Milliseconds, counts: PostgreSQL hands eight-byte integers over as bigint. */
export const Whole = Schema.Union([Schema.Number, Schema.BigInt]).pipe(
  Schema.decodeTo(Schema.Int, {
    decode: SchemaGetter.transform(Number),
    encode: SchemaGetter.transform((value: number) => value)
  })
)

export const json = <S extends Schema.Constraint>(schema: S) => Schema.fromJsonString(schema)

/** A row of the ledger as it is stored, column by column, but for columns that are null. */
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
  quote: json(Quoted),
  spentMicros: Whole,
  state: Schema.Literals(jobStates),
  sends: Whole,
  sentAt: Schema.optionalKey(Whole),
  taskId: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
  outputs: json(Schema.Array(Output)),
  charges: json(Schema.Array(Charged)),
  files: json(Schema.Array(File)),
  leaseOwner: Schema.optionalKey(Schema.String),
  leaseUntil: Schema.optionalKey(Whole),
  leaseFence: Whole,
  createdAt: Whole,
  updatedAt: Whole,
  finishedAt: Schema.optionalKey(Whole),
  /** When anybody last began to look at it at Kling. */
  lookedAt: Schema.optionalKey(Whole),
  /** When Kling last called back about it. */
  calledAt: Schema.optionalKey(Whole),
  /** Since when it waits for a parallel place. */
  queuedAt: Schema.optionalKey(Whole),
  /** When somebody was last given its handle as work that goes on. */
  promisedAt: Schema.optionalKey(Whole),
  /** Which of the account's parallel places it takes, and how many. */
  lane: Schema.optionalKey(Schema.String),
  slots: Schema.optionalKey(Whole),
  usualSeconds: Schema.optionalKey(Whole),
  /** Of a step: the chain that it belongs to, and its name there. */
  chain: Schema.optionalKey(Schema.String),
  step: Schema.optionalKey(Schema.String),
  /** Of an operation that answers at once: its answer as JSON, in which ids keep their digits. */
  answer: Schema.optionalKey(Schema.String)
})

/** Who is at work on a job. The fence grows with every owner, so that a former one is told apart. */
export interface Lease {
  readonly owner: string
  readonly fence: number
}

/** A paid request as the ledger keeps it. Times are milliseconds since 1970. */
export interface JobRecord extends Omit<
  typeof Row.Type,
  "spentMicros" | "leaseOwner" | "leaseUntil" | "leaseFence" | "state"
> {
  readonly state: JobState
  /** Against the limits: the quote until the charge is known, nothing once refused. */
  readonly spentUsd: number
  readonly lease?: Lease & { readonly until: number }
}

/** A row that cannot be read. Nothing touches it. */
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
