import { Kling, type KlingError, maxUsd, type Plan, type Quote, sumOfQuotes } from "@klingkit/core"
import { byReference, planIdentity } from "@klingkit/core/internal"
import { fingerprintKey } from "@klingkit/core/requests"
import { Clock, Context, Effect, Layer, Struct } from "effect"
import { jobError, type JobError } from "../job-error.ts"
import type { Approved } from "../ledger/approvals.ts"
import { overBudget } from "../ledger/budget.ts"
import { lineOf, type NewJob } from "../ledger/create-job.ts"
import type { BudgetState } from "../ledger/budget-state.ts"
import { overBudgets } from "../ledger/budgets.ts"
import type { DaySpend } from "../ledger/day-spend.ts"
import { requestFingerprint } from "../ledger/find-duplicate.ts"
import { Ledger } from "../ledger/ledger.ts"
import { ledgerError, type LedgerError } from "../ledger/ledger-error.ts"
import type { PeriodSpend } from "../ledger/period-spend.ts"
import { quotedMoneyOf } from "../ledger/quoted-money.ts"
import { localPrincipal } from "../config.ts"
import { JobsSettings } from "../settings.ts"
import { spendDays, type SpendSearch } from "../spend-period.ts"
import { approvalLimit, type ApprovalLimit, type SpendLimits } from "../spend-limits.ts"

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

/** What the requests of some days cost, beside what is left of today's limit. */
export interface SpendReport extends PeriodSpend {
  readonly today: DaySpend
  /** What is left of the budgets that count this principal, from the widest; absent if there are none. */
  readonly budgets?: ReadonlyArray<BudgetState>
}

/** What may be spent, and with whose consent. */
export class SpendGate extends Context.Service<
  SpendGate,
  {
    /** Fails if a price needs an approval and has none. What may exist already is persisted by `admit`. */
    requireApproval(quote: Quote, approval: Approval): Effect.Effect<void, JobError | LedgerError>
    /**
     * Persists a request, or finds what it duplicates, in one transaction: without the approval that its price needs it
     * only finds, for what was paid is not approved again.
     */
    admit<A>(
      quote: Quote,
      approval: Approval,
      persist: (unapproved: Pick<NewJob, "isUnapproved">) => Effect.Effect<A, LedgerError>
    ): Effect.Effect<A, JobError | LedgerError>
    /**
     * What today's requests of this principal, or on this account unless others use it, cost or may still cost, beside the
     * limit per day.
     */
    readonly today: Effect.Effect<DaySpend, LedgerError>
    /** The same requests of several days. */
    spendOf(search: SpendSearch): Effect.Effect<SpendReport, KlingError | LedgerError>
    /** The same of the price of several plans together; the limits per call and per day are for each of them. */
    requireApprovalOfSum(quote: Quote, approval: Approval): Effect.Effect<void, JobError | LedgerError>
    /** What the limits say to a quote now. Reserves nothing: that happens when the job is created. */
    check(quote: Quote): Effect.Effect<QuoteCheck>
    /** The same of the sum of several requests that are made one by one: only the limit per day is for all of them. */
    checkSum(quotes: ReadonlyArray<Quote>): Effect.Effect<Omit<QuoteCheck, "approvalLimit">>
    /** What an approval of this plan is for. */
    approvedOf(plan: Plan): Effect.Effect<Approved>
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

const make = Effect.gen(function* () {
  const kling = yield* Kling
  const ledger = yield* Ledger
  const settings = yield* JobsSettings
  const { limits, principal, sharesAccount } = settings
  const scope = { principal, account: kling.account, isShared: sharesAccount }
  const budgets = ledger.budgets.of(lineOf(settings))
  const today = ledger.daySpend(scope, limits)

  /** The limit for which a price needs an approval that it does not have. */
  const unapprovedLimit = (quote: Quote, { isApproved = false, approval }: Approval, limited: SpendLimits) =>
    isApproved || approval !== undefined ? undefined : approvalLimit(quote, limited)

  const refuse = Effect.fnUntraced(function* (quote: Quote, limit: ApprovalLimit) {
    const { rule } = quote
    return yield* jobError({ _tag: "NotApproved", ...limit, ...quotedMoneyOf(quote), rule, today: yield* today })
  })

  const requireApproval =
    (limited: SpendLimits): SpendGate["Service"]["requireApproval"] =>
    (quote, approval) => {
      const limit = unapprovedLimit(quote, approval, limited)
      return limit === undefined ? Effect.void : refuse(quote, limit)
    }

  const exceeded = Effect.fnUntraced(function* (quote: Quote, limited: SpendLimits) {
    // A program of a single user without limits can quote without a ledger.
    const hasLimits = limited.maxUsdPerCall !== undefined || limited.maxUsdPerDay !== undefined
    if (!hasLimits && principal === localPrincipal) return {}
    const known = yield* Effect.orElseSucceed(Effect.all([today, budgets]), () => undefined)
    if (known === undefined) return {}
    const over = overBudget(quote, limited, known[0]) ?? overBudgets(quote, known[1])
    return over === undefined ? {} : { overBudget: ledgerError(over.reason, true) }
  })

  return SpendGate.of({
    today,
    spendOf: Effect.fnUntraced(function* (search) {
      const days = yield* spendDays(search, yield* Clock.currentTimeMillis)
      const spend = yield* ledger.periodSpend(scope, days, search.by)
      const counting = yield* budgets
      return { ...spend, today: yield* today, ...(counting.length === 0 ? {} : { budgets: counting }) }
    }),
    requireApproval: requireApproval(limits),
    admit: (quote, approval, persist) => {
      const limit = unapprovedLimit(quote, approval, limits)
      if (limit === undefined) return persist({})
      const persisted = persist({ isUnapproved: true })
      return Effect.catchReason(persisted, "LedgerError", "ApprovalInvalid", () => refuse(quote, limit))
    },
    requireApprovalOfSum: requireApproval(Struct.pick(limits, ["confirmAboveUsd"])),
    check: Effect.fnUntraced(function* (quote) {
      const limit = approvalLimit(quote, limits)
      return { quote, ...(limit === undefined ? {} : { approvalLimit: limit }), ...(yield* exceeded(quote, limits)) }
    }),
    checkSum: (quotes) => {
      const quote = sumOfQuotes(quotes)
      return Effect.map(exceeded(quote, Struct.pick(limits, ["maxUsdPerDay"])), (over) => ({ quote, ...over }))
    },
    approvedOf: Effect.fnUntraced(function* (plan) {
      const quoteUsd = maxUsd(plan.quote)
      const fingerprint = yield* planFingerprint(plan)
      return { principal, fingerprint, ...(quoteUsd === undefined ? {} : { quoteUsd }) }
    })
  })
})
