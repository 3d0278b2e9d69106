import { mostUsd, type Plan, type Quote } from "@klingkit/core"
import { Effect } from "effect"
import { fingerprintOf } from "../ledger/fingerprint.ts"
import type { Approved } from "../ledger/approvals.ts"
import { jobError, type JobError } from "../job-error.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { quotedMoneyOf } from "../ledger/quoted-money.ts"
import type { LedgerError } from "../ledger/ledger-error.ts"
import { approvalLimit } from "../spend-limits.ts"
import type { Submitter } from "./submit-job.ts"

/** What an approval of a plan is bound to. */
export const approvedOf = Effect.fnUntraced(function* (principal: string, plan: Plan): Effect.fn.Return<Approved> {
  const quoteUsd = mostUsd(plan.quote)
  const fingerprint = yield* fingerprintOf(plan.operation.id, plan.input)
  return { principal, fingerprint, ...(quoteUsd === undefined ? {} : { quoteUsd }) }
})

type Purser = Pick<Submitter, "kling" | "principal" | "limits">

const spentToday = (ledger: Ledger["Service"], { kling, principal }: Purser) =>
  ledger.spentTodayUsd({ principal, account: kling.account })

interface Approval {
  readonly isApproved?: boolean | undefined
  readonly approval?: string | undefined
}

/** Stops what needs an approval and has none. Whether a token is good is seen when it is used up, with the new job. */
export const refuseUnapproved = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  submitter: Purser,
  quote: Quote,
  { isApproved = false, approval }: Approval
): Effect.fn.Return<void, JobError | LedgerError> {
  const limit = approvalLimit(quote, submitter.limits)
  if (limit === undefined || isApproved || approval !== undefined) return
  const spentTodayUsd = yield* spentToday(ledger, submitter)
  const { rule } = quote
  return yield* jobError({ _tag: "NotApproved", ...limit, ...quotedMoneyOf(quote), rule, spentTodayUsd })
})
