import { describe, it } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { ConfigProvider, Effect, Result } from "effect"
import { expect } from "vitest"
import { checkApproval, type SpendLimits, spendLimits } from "./spend-limits.ts"

const costs = (priceUsd?: number): Quote => ({
  state: priceUsd === undefined ? "unknown" : "exact",
  rule: "",
  ...(priceUsd === undefined ? {} : { priceUsd })
})

const verdict = (quote: Quote, limits: SpendLimits, approved = false) =>
  Effect.runSync(Effect.result(checkApproval(quote, limits, approved))).pipe(
    Result.match({ onSuccess: () => "free to go", onFailure: (error) => error.code })
  )

describe("checkApproval", () => {
  it("lets everything go where no limit is set", () => {
    expect(verdict(costs(100), {})).toBe("free to go")
    expect(verdict(costs(), {})).toBe("free to go")
  })

  it("wants an approval above its amount, and for an unknown price under any limit", () => {
    expect(verdict(costs(2), { confirmAboveUsd: 1 })).toBe("JOB_NOT_APPROVED")
    expect(verdict(costs(2), { confirmAboveUsd: 1 }, true)).toBe("free to go")
    expect(verdict(costs(), { maxUsdPerCall: 5 })).toBe("JOB_NOT_APPROVED")
    expect(verdict(costs(), { maxUsdPerCall: 5 }, true)).toBe("free to go")
  })
})

describe("spendLimits", () => {
  const read = (environment: Record<string, string>) =>
    Effect.runSync(
      Effect.result(spendLimits).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment))))
    )

  it("come from the environment, absent ones set no limit", () => {
    const limits = read({
      KLINGKIT_MAX_USD_PER_CALL: "5",
      KLINGKIT_CONFIRM_ABOVE_USD: "2.5",
      KLINGKIT_MAX_USD_PER_DAY: ""
    })
    expect(Result.getOrThrow(limits)).toEqual({ maxUsdPerCall: 5, confirmAboveUsd: 2.5 })
  })

  it("never takes an unreadable limit for none", () => {
    const limits = read({ KLINGKIT_MAX_USD_PER_CALL: "five" })
    expect(Result.isFailure(limits) && limits.failure.message).toContain("KLINGKIT_MAX_USD_PER_CALL must be an amount")
  })
})
