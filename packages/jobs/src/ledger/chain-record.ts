import { Effect, Result, Schema, String as Text } from "effect"
import { json, Quoted, Whole } from "./job-record.ts"
import { ledgerError, type LedgerError } from "./ledger-error.ts"

/**
 * How far a chain has come.
 * - `RUNNING`: whoever shares the ledger may go on with it
 * - `STOPPED`: a step has failed; it goes on when it is resumed
 * - `SUCCEEDED`: every step has
 */
export const chainStates = ["RUNNING", "STOPPED", "SUCCEEDED"] as const
export type ChainState = (typeof chainStates)[number]

/** A step as it is told; its input lies with the chain's plan. */
const Step = Schema.Struct({
  id: Schema.String,
  operation: Schema.String,
  quote: Quoted,
  /** Whose results it waits for. */
  needs: Schema.Array(Schema.String),
  /** Whose results it works on. */
  takesFrom: Schema.Array(Schema.String)
})

const Row = Schema.Struct({
  handle: Schema.String,
  principal: Schema.String,
  account: Schema.String,
  name: Schema.String,
  fingerprint: Schema.String,
  idempotencyKey: Schema.optionalKey(Schema.String),
  quote: json(Quoted),
  steps: json(Schema.Array(Step)),
  reservedMicros: Whole,
  state: Schema.Literals(chainStates),
  /** How often it was resumed: a step that failed is tried again once a resume. */
  resumes: Whole,
  /** The resume up to which a step may be paid again although nobody knows whether it was charged. */
  repeatsUnknown: Whole,
  message: Schema.optionalKey(Schema.String),
  createdAt: Whole,
  updatedAt: Whole,
  finishedAt: Schema.optionalKey(Whole)
})

/** Several paid steps as the ledger keeps them. Times are milliseconds since 1970. */
export interface ChainRecord extends Omit<typeof Row.Type, "reservedMicros"> {
  /** Set aside for steps that have not begun. */
  readonly reservedUsd: number
}

const decodeRow = Schema.decodeUnknownResult(Row)

/** The chain in a row; an unreadable row is an error. */
export const readChain = (columns: Readonly<Record<string, unknown>>): Effect.Effect<ChainRecord, LedgerError> =>
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
