import type { CheaperSetting, Plan } from "@klingkit/core"
import { Effect, Predicate } from "effect"
import { LedgerError, type LedgerErrorReason } from "../ledger/ledger-error.ts"

type OverBudget = Extract<LedgerErrorReason, { readonly _tag: "OverBudget" }>

/** A refusal over a limit, with the settings with which the same request would be within it. */
export const nameCheaper =
  ({ cheaper = Effect.succeed([]), variants }: Pick<Plan, "cheaper" | "variants">) =>
  <E>(error: E): Effect.Effect<E | LedgerError> => {
    if (!(error instanceof LedgerError) || error.reason._tag !== "OverBudget") return Effect.succeed(error)
    const { reason, beforeSending } = error
    const takes = variants?.count ?? 1
    return Effect.map(cheaper, (all) => {
      const fitting = all.filter((setting) => isWithin(reason, setting, takes))
      return fitting.length === 0 ? error : new LedgerError({ reason: { ...reason, cheaper: fitting }, beforeSending })
    })
  }

/** The limit per call is for each take of a request. */
const isWithin = ({ limit, limitUsd, today }: OverBudget, { usd }: CheaperSetting, takes: number): boolean =>
  limit === "call" ? usd / takes <= limitUsd : Predicate.isNotUndefined(today.leftUsd) && usd <= today.leftUsd
