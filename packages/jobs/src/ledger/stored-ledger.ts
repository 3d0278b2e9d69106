import { Data, type Effect, type Stream } from "effect"
import type { LedgerError } from "./ledger-error.ts"

/** What one place of a table holds. */
export type StoredRow = Data.TaggedEnum<{
  Row: { readonly row: Readonly<Record<string, unknown>> }
  /** A row that the database itself cannot read. The handle is known if an index still has it. */
  Lost: { readonly handle?: string; readonly detail: string }
}>
export const StoredRow = Data.taggedEnum<StoredRow>()

export type RowTable = "klingkit_jobs" | "klingkit_pipelines" | "klingkit_chains"

/** A ledger as it is stored, read without the rules by which programs open one: damaged, of any version, or replaced. */
export interface StoredLedger {
  readonly location: string
  readonly id: string | undefined
  readonly version: number
  /** What the database says of itself; empty when it is whole. */
  readonly damage: Effect.Effect<ReadonlyArray<string>, LedgerError>
  /** One at a time, however many there are. */
  rows(table: RowTable): Stream.Stream<StoredRow, LedgerError>
}
