import { maxUsd, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { type BudgetLimits, checkBudget, type SpendScope } from "./budget.ts"
import type { BudgetLine } from "./budget-line.ts"
import { type BudgetAlert, checkBudgets } from "./budgets.ts"
import type { LedgerDatabase } from "./database.ts"
import type { LedgerError } from "./ledger-error.ts"

/** A request that is about to be persisted: who pays, for whom, how much at most, on which day. */
export interface LimitedRequest extends SpendScope {
  readonly line: BudgetLine
  readonly quote: Quote
  /** Those of the program; the budgets are the ledger's. */
  readonly limits: BudgetLimits
  readonly day: number
}

/**
 * Refuses what would go over a limit of the program or a budget of the ledger, inside the transaction that persists it: every
 * paid request passes here. `whole` is the quote with all steps, if the price of some is unknown until charged.
 */
export const checkLimits = Effect.fnUntraced(function* (
  database: LedgerDatabase["Service"],
  { line, ...own }: LimitedRequest,
  whole: Quote = own.quote
): Effect.fn.Return<ReadonlyArray<BudgetAlert>, LedgerError | SqlError> {
  yield* checkBudget(database, own)
  const { quote, day } = own
  return yield* checkBudgets(database, { line, quote: maxUsd(whole) === undefined ? whole : quote, day })
})
