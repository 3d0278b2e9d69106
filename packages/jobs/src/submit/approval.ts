import { maxUsd, type Plan, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import type { Approved } from "../ledger/approvals.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { quotedMoneyOf } from "../ledger/quoted-money.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { approvalLimit } from "../spend-limits.ts"
import type { Submitter } from "./submit-job.ts"

/** What the approval of a plan covers. */
export const approvedOf = Effect.fnUntraced(function* (principal: string, plan: Plan): Effect.fn.Return<Approved> {
  const quoteUsd = maxUsd(plan.quote)
  const fingerprint = yield* fingerprintOf(plan.operation.id, plan.input)
  return { principal, fingerprint, ...(quoteUsd === undefined ? {} : { quoteUsd }) }
})

type Spender = Pick<Submitter, "kling" | "principal" | "limits">

const spentToday = (ledger: Ledger["Service"], { kling, principal }: Spender) =>
  ledger.spentTodayUsd({ principal, account: kling.account })

interface Approval {
  readonly isApproved?: boolean | undefined
  readonly approval?: string | undefined
}

/** Fails if the plan needs an approval and has none. A token is validated when the new job consumes it. */
export const requireApproval = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  submitter: Spender,
  quote: Quote,
  { isApproved = false, approval }: Approval
): Effect.fn.Return<void, JobError | LedgerError> {
  const limit = approvalLimit(quote, submitter.limits)
  if (limit === undefined || isApproved || approval !== undefined) return
  const spentTodayUsd = yield* spentToday(ledger, submitter)
  const { rule } = quote
  return yield* jobError({ _tag: "NotApproved", ...limit, ...quotedMoneyOf(quote), rule, spentTodayUsd })
})
