import { Effect, Result, Schema, String as Text } from "effect"
import { Integer, json } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"
import { QuoteFromStored } from "./stored-quote.ts"

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
  quote: QuoteFromStored,
  /** The steps that it waits for. */
  needs: Schema.Array(Schema.String),
  /** The steps whose outputs are its inputs. */
  takesFrom: Schema.Array(Schema.String)
})

const Row = Schema.Struct({
  handle: Schema.String,
  principal: Schema.String,
  account: Schema.String,
  name: Schema.String,
  fingerprint: Schema.String,
  idempotencyKey: Schema.optionalKey(Schema.String),
  quote: json(QuoteFromStored),
  steps: json(Schema.Array(Step)),
  reservedMicros: Integer,
  state: Schema.Literals(pipelineStates),
  /** How often it was resumed: each resume retries a failed step once. */
  resumes: Integer,
  /** The resume up to which a step may be paid again although it is unknown whether it was charged. */
  repeatsUnknown: Integer,
  message: Schema.optionalKey(Schema.String),
  createdAt: Integer,
  updatedAt: Integer,
  finishedAt: Schema.optionalKey(Integer)
})

/** Several paid steps as the ledger stores them. Times are milliseconds since 1970. */
export interface PipelineRecord extends Omit<typeof Row.Type, "reservedMicros"> {
  /** For steps that have not started. */
  readonly reservedUsd: number
}

const decodeRow = Schema.decodeUnknownResult(Row)

/** The pipeline in a row; an unreadable row is an error. */
export const readPipeline = (columns: Readonly<Record<string, unknown>>): Effect.Effect<PipelineRecord, LedgerError> =>
  Effect.fromResult(
    decodeRow(
      Object.fromEntries(
        Object.entries(columns).flatMap(([name, value]) => (value === null ? [] : [[Text.snakeToCamel(name), value]]))
      )
    ).pipe(
      Result.map(({ reservedMicros, ...row }) => ({ ...row, reservedUsd: reservedMicros / 1e6 })),
      Result.mapError((error) =>
        ledgerError({ _tag: "Quarantined", handle: String(columns["handle"]), detail: error.message })
      )
    )
  )
