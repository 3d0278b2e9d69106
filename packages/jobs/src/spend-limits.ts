import { invalidInput, type KlingError, mostUsd, type Quote } from "@klingkit/core"
import { Config, Effect, Option } from "effect"
import type { BudgetLimits } from "./ledger/budget.ts"

/** What may be spent, in USD. Absent: no limit. The ledger holds the two of the budget against what is spent already. */
export interface SpendLimits extends BudgetLimits {
  /** A request that may cost more needs an approval. */
  readonly confirmAboveUsd?: number
}

const usd = Effect.fnUntraced(function* (name: string): Effect.fn.Return<number | undefined, KlingError> {
  const text = yield* Config.option(Config.String(name)).pipe(Effect.orElseSucceed(() => Option.none<string>()))
  const value = Option.getOrElse(text, () => "").trim()
  if (value === "") return undefined
  // A limit that cannot be read must not count as none.
  return /^\d+(\.\d+)?$/.test(value)
    ? Number(value)
    : yield* invalidInput([
        { field: name, message: `must be an amount in USD such as 2.50, not ${JSON.stringify(value)}` }
      ])
})

/** From `KLINGKIT_MAX_USD_PER_CALL`, `KLINGKIT_MAX_USD_PER_DAY` and `KLINGKIT_CONFIRM_ABOVE_USD`. */
export const spendLimits: Effect.Effect<SpendLimits, KlingError> = Effect.gen(function* () {
  const maxUsdPerCall = yield* usd("KLINGKIT_MAX_USD_PER_CALL")
  const maxUsdPerDay = yield* usd("KLINGKIT_MAX_USD_PER_DAY")
  const confirmAboveUsd = yield* usd("KLINGKIT_CONFIRM_ABOVE_USD")
  return {
    ...(maxUsdPerCall === undefined ? {} : { maxUsdPerCall }),
    ...(maxUsdPerDay === undefined ? {} : { maxUsdPerDay }),
    ...(confirmAboveUsd === undefined ? {} : { confirmAboveUsd })
  }
})

/** A limit of `SpendLimits` by the name of its setting. */
export interface ApprovalLimit {
  readonly setting: "KLINGKIT_CONFIRM_ABOVE_USD" | "KLINGKIT_MAX_USD_PER_CALL" | "KLINGKIT_MAX_USD_PER_DAY"
  readonly limitUsd: number
}

/**
 * The limit for which a request needs an approval; nothing when it needs none. The most that it can come to decides; where
 * nobody can say how much that is, any limit asks for one.
 */
export const approvalLimit = (quote: Quote, limits: SpendLimits): ApprovalLimit | undefined => {
  const { confirmAboveUsd, maxUsdPerCall, maxUsdPerDay } = limits
  const most = mostUsd(quote)
  if (confirmAboveUsd !== undefined && (most === undefined || most > confirmAboveUsd)) {
    return { setting: "KLINGKIT_CONFIRM_ABOVE_USD", limitUsd: confirmAboveUsd }
  }
  if (most !== undefined) return undefined
  if (maxUsdPerCall !== undefined) return { setting: "KLINGKIT_MAX_USD_PER_CALL", limitUsd: maxUsdPerCall }
  return maxUsdPerDay === undefined ? undefined : { setting: "KLINGKIT_MAX_USD_PER_DAY", limitUsd: maxUsdPerDay }
}
