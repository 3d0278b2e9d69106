import { invalidInput, type KlingError, type Quote } from "@klingkit/core"
import { Config, Effect, Option } from "effect"
import { jobError, type JobError } from "./job-error.ts"
import type { BudgetLimits } from "./ledger/budget.ts"

/** What may be spent, in USD. Absent: no limit. The ledger holds the first two against what is spent already. */
export interface SpendLimits extends BudgetLimits {
  /** Above it a request needs an approval. */
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

/** Refuses what needs an approval and has none. A price that is not known before needs one wherever a limit is set. */
export const checkApproval = (
  quote: Quote,
  limits: SpendLimits,
  isApproved: boolean
): Effect.Effect<void, JobError> => {
  if (isApproved) return Effect.void
  const { confirmAboveUsd, maxUsdPerCall, maxUsdPerDay } = limits
  const { priceUsd } = quote
  const limit = priceUsd === undefined ? (confirmAboveUsd ?? maxUsdPerCall ?? maxUsdPerDay) : confirmAboveUsd
  if (limit === undefined || (priceUsd !== undefined && priceUsd <= limit)) return Effect.void
  return jobError({ _tag: "NotApproved", limitUsd: limit, ...(priceUsd === undefined ? {} : { priceUsd }) })
}
