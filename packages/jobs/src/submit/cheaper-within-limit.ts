import type { CheaperSetting, Plan } from "@klingkit/core"
import { Effect, Predicate } from "effect"
import { LedgerError, type LedgerErrorReason } from "../ledger/ledger-error.ts"

type Refusal = Extract<LedgerErrorReason, { readonly _tag: "OverBudget" | "BudgetExceeded" }>

/** A refusal over a limit, with the settings with which the same request would be within it. */
export const nameCheaper =
  ({ cheaper = Effect.succeed([]), variants }: Pick<Plan, "cheaper" | "variants">) =>
  <E>(error: E): Effect.Effect<E | LedgerError> => {
    if (!(error instanceof LedgerError)) return Effect.succeed(error)
    const { reason, beforeSending } = error
    if (reason._tag !== "OverBudget" && reason._tag !== "BudgetExceeded") return Effect.succeed(error)
    const takes = variants?.count ?? 1
    return Effect.map(cheaper, (all) => {
      const fitting = all.filter((setting) => isWithin(reason, setting, takes))
      return fitting.length === 0 ? error : new LedgerError({ reason: { ...reason, cheaper: fitting }, beforeSending })
    })
  }

/** The limit per call is for each take of a request. */
const isWithin = (refusal: Refusal, { usd }: CheaperSetting, takes: number): boolean => {
  if (refusal._tag === "BudgetExceeded") return usd <= refusal.budget.leftUsd
  const { limit, limitUsd, today } = refusal
  return limit === "call" ? usd / takes <= limitUsd : Predicate.isNotUndefined(today.leftUsd) && usd <= today.leftUsd
}
