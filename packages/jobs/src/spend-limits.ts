import { type KlingError, maxUsd, type Quote } from "@klingkit/core"
import { invalidSetting, onOffSetting } from "@klingkit/core/internal"
import { Config, Effect, Option, Schema } from "effect"
import type { BudgetLimits } from "./ledger/budget.ts"

/** What may be spent, in USD. Absent: no limit. The ledger checks the two budget limits against what is already spent. */
export interface SpendLimits extends BudgetLimits {
  /** A request that may cost more needs an approval. */
  readonly confirmAboveUsd?: number
  /** Whether a model may approve in the user's place, by the token of a quote. False when absent. */
  readonly confirmTokens?: boolean
}

/** The settings under which a request may need an approval. */
export const ApprovalSetting = Schema.Literals(["approvalThresholdUsd", "maxUsdPerCall", "maxUsdPerDay"])
type ApprovalSetting = typeof ApprovalSetting.Type

const usd = Effect.fnUntraced(function* (
  setting: ApprovalSetting,
  config: Config.Config<string>
): Effect.fn.Return<number | undefined, KlingError> {
  const text = yield* Config.option(config).pipe(Effect.orElseSucceed(() => Option.none<string>()))
  const value = Option.getOrElse(text, () => "").trim()
  if (value === "") return undefined
  // An unreadable limit must not count as no limit.
  return /^\d+(\.\d+)?$/.test(value)
    ? Number(value)
    : yield* invalidSetting(setting, `must be an amount in USD such as 2.50, not ${JSON.stringify(value)}`)
})

const confirmTokensSetting = onOffSetting("KLINGKIT_CONFIRM_TOKENS").pipe(
  Effect.map(Option.getOrElse(() => false)),
  Effect.mapError((message) => invalidSetting("confirmTokens", message))
)

/** From `KLINGKIT_MAX_USD_PER_CALL`, `KLINGKIT_MAX_USD_PER_DAY`, `KLINGKIT_CONFIRM_ABOVE_USD` and `KLINGKIT_CONFIRM_TOKENS`. */
export const spendLimits: Effect.Effect<SpendLimits, KlingError> = Effect.gen(function* () {
  const maxUsdPerCall = yield* usd("maxUsdPerCall", Config.String("KLINGKIT_MAX_USD_PER_CALL"))
  const maxUsdPerDay = yield* usd("maxUsdPerDay", Config.String("KLINGKIT_MAX_USD_PER_DAY"))
  const confirmAboveUsd = yield* usd("approvalThresholdUsd", Config.String("KLINGKIT_CONFIRM_ABOVE_USD"))
  return {
    ...(maxUsdPerCall === undefined ? {} : { maxUsdPerCall }),
    ...(maxUsdPerDay === undefined ? {} : { maxUsdPerDay }),
    ...(confirmAboveUsd === undefined ? {} : { confirmAboveUsd }),
    ...((yield* confirmTokensSetting) ? { confirmTokens: true } : {})
  }
})

/** A limit of `SpendLimits` by the name of its setting. */
export interface ApprovalLimit {
  readonly setting: ApprovalSetting
  readonly limitUsd: number
}

/**
 * The limit for which a request needs an approval; undefined when it needs none. The upper bound of its price decides;
 * without one, any limit requires an approval.
 */
export const approvalLimit = (quote: Quote, limits: SpendLimits): ApprovalLimit | undefined => {
  const { confirmAboveUsd, maxUsdPerCall, maxUsdPerDay } = limits
  const upperUsd = maxUsd(quote)
  if (confirmAboveUsd !== undefined && (upperUsd === undefined || upperUsd > confirmAboveUsd)) {
    return { setting: "approvalThresholdUsd", limitUsd: confirmAboveUsd }
  }
  if (upperUsd !== undefined) return undefined
  if (maxUsdPerCall !== undefined) return { setting: "maxUsdPerCall", limitUsd: maxUsdPerCall }
  return maxUsdPerDay === undefined ? undefined : { setting: "maxUsdPerDay", limitUsd: maxUsdPerDay }
}
