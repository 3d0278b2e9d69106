import type { Quote } from "@klingkit/core"
import { Effect } from "effect"
import { micros, overBudget } from "../ledger/budget.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import type { Submitter } from "./submit-job.ts"

/** Fails if a quote exceeds what the limits leave now. Reserves nothing: that happens when the job is created. */
export const checkLimits = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  { kling, principal, limits }: Pick<Submitter, "kling" | "principal" | "limits">,
  quote: Quote
): Effect.fn.Return<void, LedgerError> {
  const spentUsd = yield* ledger.spentTodayUsd({ principal, account: kling.account })
  const over = overBudget(quote, limits, micros(spentUsd))
  if (over !== undefined) return yield* ledgerError(over.reason, true)
})
