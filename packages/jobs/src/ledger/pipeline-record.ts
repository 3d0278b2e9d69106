import type { StoredRequest } from "@klingkit/core"
import { Effect, Result, Schema } from "effect"
import { fieldsOfRow } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { StoredQuote } from "./stored-quote.ts"
import { readRequest } from "./stored-request.ts"

/**
 * State of a pipeline.
 * - `RUNNING`: any process that shares the ledger may run it
 * - `STOPPED`: a step has failed; it continues when it is resumed
 * - `SUCCEEDED`: every step has succeeded
 */
export const pipelineStates = ["RUNNING", "STOPPED", "SUCCEEDED"] as const
export type PipelineState = (typeof pipelineStates)[number]

/** A step as it is listed; its input is in the pipeline's plan. The field names are those of stored JSON. */
const Step = Schema.Struct({
  id: Schema.String,
  operation: Schema.String,
  quote: StoredQuote,
  /** The steps that it waits for. */
  needs: Schema.Array(Schema.String),
  /** The steps whose outputs are its inputs. */
  takesFrom: Schema.Array(Schema.String),
  /** By which other pipelines find it; absent when they do not. */
  key: Schema.optionalKey(Schema.String)
})

const Row = Schema.Struct({
  handle: Schema.String,
  principal: Schema.String,
  account: Schema.String,
  name: Schema.String,
  fingerprint: Schema.String,
  idempotencyKey: Schema.optionalKey(Schema.String),
  quote: Schema.fromJsonString(StoredQuote),
  steps: Schema.fromJsonString(Schema.Array(Step)),
  reservedMicros: Schema.Int,
  state: Schema.Literals(pipelineStates),
  /** How often it was resumed: each resume retries a failed step once. */
  resumes: Schema.Int,
  /** The resume up to which a step may be paid again although it is unknown whether it was charged. */
  repeatsUnknown: Schema.Int,
  /** The resume up to which a step that has failed at Kling may be paid again. */
  retriesFailed: Schema.Int,
  message: Schema.optionalKey(Schema.String),
  request: Schema.optionalKey(Schema.String),
  createdAt: Schema.Int,
  updatedAt: Schema.Int,
  finishedAt: Schema.optionalKey(Schema.Int)
})

/** Several paid steps as the ledger stores them. Times are milliseconds since 1970. */
export interface PipelineRecord extends Omit<typeof Row.Type, "reservedMicros" | "request"> {
  /** The one request that it was planned from; absent where it was put together from several. */
  readonly request?: StoredRequest
  /** For steps that have not started. */
  readonly reservedUsd: number
}

const decodeRow = Schema.decodeUnknownResult(Row)

/** The pipeline in a row; an unreadable row is an error. */
export const readPipeline = (row: Readonly<Record<string, unknown>>): Effect.Effect<PipelineRecord, LedgerError> =>
  Effect.fromResult(
    decodeRow(fieldsOfRow(row)).pipe(
      Result.map(({ reservedMicros, request, ...fields }) => ({
        ...fields,
        ...readRequest(request),
        reservedUsd: reservedMicros / 1e6
      })),
      Result.mapError((error) =>
        ledgerError({ _tag: "Quarantined", handle: String(row["handle"]), detail: error.message })
      )
    )
  )
