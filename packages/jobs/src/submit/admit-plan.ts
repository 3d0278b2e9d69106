import type { KlingError, Plan } from "@klingkit/core"
import { Effect } from "effect"
import { micros, overBudget } from "../ledger/budget.ts"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import type { Approved } from "../ledger/approvals.ts"
import type { JobError } from "../job-error.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { checkApproval } from "../spend-limits.ts"
import type { Submitter } from "./submit-job.ts"

/** What an approval of a plan is bound to. */
export const approvedOf = Effect.fnUntraced(function* (principal: string, plan: Plan): Effect.fn.Return<Approved> {
  const { priceUsd } = plan.quote
  const fingerprint = yield* fingerprintOf(plan.operation.id, plan.input)
  return { principal, fingerprint, ...(priceUsd === undefined ? {} : { quoteUsd: priceUsd }) }
})

/**
 * The gate of a wish that takes several paid steps: the price of all together against limits and approval, before the
 * first is paid. The steps pass as approved afterwards; the ledger still holds each against the limits.
 */
export const admitPlan = Effect.fn("Jobs.admit")(function* (
  ledger: Ledger["Service"],
  { kling, principal, limits }: Pick<Submitter, "kling" | "principal" | "limits">,
  plan: Plan,
  approval: string | undefined
): Effect.fn.Return<void, KlingError | JobError | LedgerError> {
  yield* checkApproval(plan.quote, limits, approval !== undefined)
  const spentUsd = yield* ledger.spentTodayUsd({ principal, account: kling.account })
  const over = overBudget(plan.quote, limits, micros(spentUsd))
  if (over !== undefined) return yield* ledgerError(over.reason, true)
  if (approval !== undefined) yield* ledger.consumeApproval(approval, yield* approvedOf(principal, plan))
})
