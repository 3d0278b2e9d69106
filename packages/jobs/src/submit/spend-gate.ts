import { Kling, maxUsd, type Plan, type Quote } from "@klingkit/core"
import { byReference, planIdentity } from "@klingkit/core/internal"
import { fingerprintKey } from "@klingkit/core/requests"
import { Context, Effect, Layer } from "effect"
import { jobError, type JobError } from "../job-error.ts"
import type { Approved } from "../ledger/approvals.ts"
import { micros, overBudget } from "../ledger/budget.ts"
import { requestFingerprint } from "../ledger/find-duplicate.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import { quotedMoneyOf } from "../ledger/quoted-money.ts"
import { JobsSettings } from "../settings.ts"
import { approvalLimit, type ApprovalLimit } from "../spend-limits.ts"

/** How a request is approved. */
interface Approval {
  /** The user has seen the price and approved it. */
  readonly isApproved?: boolean | undefined
  /** A token, validated when the new job consumes it. */
  readonly approval?: string | undefined
}

/** A quote beside the limits of this program. */
export interface QuoteCheck {
  readonly quote: Quote
  /** The limit for which it needs an approval. */
  readonly approvalLimit?: ApprovalLimit
  /** The limit per call or per day that it exceeds; not known while the ledger cannot be read. */
  readonly overBudget?: LedgerError
}

/** What may be spent, and with whose consent. */
export class SpendGate extends Context.Service<
  SpendGate,
  {
    /** Fails if a price needs an approval and has none. */
    requireApproval(quote: Quote, approval: Approval): Effect.Effect<void, JobError | LedgerError>
    /** What the limits say to a quote now. Reserves nothing: that happens when the job is created. */
    check(quote: Quote): Effect.Effect<QuoteCheck>
    /** A token that approves exactly this plan, once. */
    approve(plan: Plan): Effect.Effect<string, LedgerError>
    /** A token for what exactly is approved, once. */
    approveAs(approved: Approved): Effect.Effect<string, LedgerError>
  }
>()("@klingkit/jobs/SpendGate") {
  static readonly layer: Layer.Layer<SpendGate, never, Kling | Ledger | JobsSettings> = Layer.effect(
    SpendGate,
    Effect.suspend(() => make)
  )
}

/** What an approval of a plan is bound to; a pipeline's input is that of its steps, not of an operation. */
export const planFingerprint = (
  plan: Pick<Plan, "operation" | "input" | "variants" | "references">
): Effect.Effect<string> => {
  const { operation, input, variants, references } = plan
  const identity = Object.hasOwn(input, fingerprintKey) ? byReference(input, references) : planIdentity(plan)
  return requestFingerprint({ operation: operation.id, input, identity }).pipe(
    Effect.map((fingerprint) => (variants === undefined ? fingerprint : `${fingerprint} x ${variants.count}`))
  )
}

/** An approval is for the price that was just shown. */
const approvalSeconds = 600

const make = Effect.gen(function* () {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const { limits, principal } = yield* JobsSettings
  const spentTodayUsd = ledger.spentTodayUsd({ principal, account: kling.account })

  return SpendGate.of({
    requireApproval: Effect.fnUntraced(function* (quote, { isApproved = false, approval }) {
      const limit = approvalLimit(quote, limits)
      if (limit === undefined || isApproved || approval !== undefined) return
      const { rule } = quote
      const spent = yield* spentTodayUsd
      return yield* jobError({ _tag: "NotApproved", ...limit, ...quotedMoneyOf(quote), rule, spentTodayUsd: spent })
    }),
    check: Effect.fnUntraced(function* (quote) {
      const limit = approvalLimit(quote, limits)
      // A program without limits can quote without a ledger.
      const isLimited = limits.maxUsdPerCall !== undefined || limits.maxUsdPerDay !== undefined
      const spent = isLimited ? yield* Effect.orElseSucceed(spentTodayUsd, () => undefined) : undefined
      const over = spent === undefined ? undefined : overBudget(quote, limits, micros(spent))
      return {
        quote,
        ...(limit === undefined ? {} : { approvalLimit: limit }),
        ...(over === undefined ? {} : { overBudget: ledgerError(over.reason, true) })
      }
    }),
    approve: Effect.fnUntraced(function* (plan) {
      const quoteUsd = maxUsd(plan.quote)
      const fingerprint = yield* planFingerprint(plan)
      const approved = { principal, fingerprint, ...(quoteUsd === undefined ? {} : { quoteUsd }) }
      return yield* ledger.issueApproval(approved, approvalSeconds)
    }),
    approveAs: (approved) => ledger.issueApproval(approved, approvalSeconds)
  })
})
