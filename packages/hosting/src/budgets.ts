import type { Budget, BudgetState, LedgerError, LedgerSource, PeriodSpend, SpendSearch } from "@klingkit/jobs"
import type { KlingError } from "@klingkit/core"
import {
  type BudgetLevel,
  type BudgetPeriod,
  lazyLedger,
  Ledger,
  type ReportGrouping,
  spendDays
} from "@klingkit/jobs/internal"
import { Clock, Context, Effect, Layer } from "effect"

/** What people may spend, and what they have spent: for those who run the server. */
export class Budgets extends Context.Service<
  Budgets,
  {
    /** Replaces the budget of this level, name and period, on all servers of the ledger. */
    set(budget: Budget): Effect.Effect<void, LedgerError>
    /** How many were removed; without a period, those of all periods. */
    remove(level: BudgetLevel, name: string, period?: BudgetPeriod): Effect.Effect<number, LedgerError>
    readonly list: Effect.Effect<ReadonlyArray<BudgetState>, LedgerError>
    /** What was spent on the server's Kling account, the first and the last day included. */
    report(
      search: Pick<SpendSearch, "since" | "until">,
      by: ReportGrouping
    ): Effect.Effect<PeriodSpend, KlingError | LedgerError>
  }
>()("@klingkit/hosting/Budgets") {
  static readonly layer: Layer.Layer<Budgets, never, LedgerSource> = Layer.effect(
    Budgets,
    Effect.map(Ledger, (ledger) => ({
      set: (budget) => ledger.budgets.set(budget),
      remove: (...budget) => ledger.budgets.remove(...budget),
      list: ledger.budgets.list,
      report: Effect.fnUntraced(function* (search, by) {
        return yield* ledger.reportSpend(yield* spendDays(search, yield* Clock.currentTimeMillis), by)
      })
    }))
  ).pipe(Layer.provide(lazyLedger))
}
