import { invalidInput, type KlingError, type Quote } from "@klingkit/core"
import { Config, Effect, Option } from "effect"
import { jobError, type JobError } from "./job-error.ts"

/** What one request may cost, in USD. Absent: no limit. */
export interface SpendLimits {
  readonly maxUsdPerCall?: number
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

/** From `KLINGKIT_MAX_USD_PER_CALL` and `KLINGKIT_CONFIRM_ABOVE_USD`; one call may not exceed `KLINGKIT_MAX_USD_PER_DAY` either. */
export const spendLimits: Effect.Effect<SpendLimits, KlingError> = Effect.gen(function* () {
  const perCall = yield* usd("KLINGKIT_MAX_USD_PER_CALL")
  const perDay = yield* usd("KLINGKIT_MAX_USD_PER_DAY")
  const confirmAboveUsd = yield* usd("KLINGKIT_CONFIRM_ABOVE_USD")
  const caps = [perCall, perDay].filter((cap) => cap !== undefined)
  return {
    ...(caps.length === 0 ? {} : { maxUsdPerCall: Math.min(...caps) }),
    ...(confirmAboveUsd === undefined ? {} : { confirmAboveUsd })
  }
})

/** Refuses what is over the limits. A price that is not known before needs an approval wherever a limit is set. */
export const checkSpend = (quote: Quote, limits: SpendLimits, approved: boolean): Effect.Effect<void, JobError> => {
  const { maxUsdPerCall, confirmAboveUsd } = limits
  const price = quote.priceUsd
  if (price !== undefined && maxUsdPerCall !== undefined && price > maxUsdPerCall) {
    return jobError({ _tag: "OverBudget", priceUsd: price, limitUsd: maxUsdPerCall })
  }
  const limit = confirmAboveUsd ?? (price === undefined ? maxUsdPerCall : undefined)
  if (limit === undefined || approved || (price !== undefined && price <= limit)) return Effect.void
  return jobError({ _tag: "NotApproved", limitUsd: limit, ...(price === undefined ? {} : { priceUsd: price }) })
}
