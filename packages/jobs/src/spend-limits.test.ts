import { describe, it } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { ConfigProvider, Effect, Result } from "effect"
import { expect } from "vitest"
import { approvalLimit, spendLimits } from "./spend-limits.ts"

const costs = (priceUsd?: number): Quote => ({
  state: priceUsd === undefined ? "unknown" : "exact",
  rule: "",
  ...(priceUsd === undefined ? {} : { priceUsd })
})

const bounded = (mostUsd: number): Quote => ({ ...costs(), state: "estimate", atMost: { units: 1, priceUsd: mostUsd } })

describe("approvalLimit", () => {
  it.each([
    ["nothing where no limit is set", costs(100), {}, undefined],
    ["nothing of an unknown price where no limit is set", costs(), {}, undefined],
    ["a yes above its amount", costs(2), { confirmAboveUsd: 1 }, "KLINGKIT_CONFIRM_ABOVE_USD"],
    ["nothing at its amount", costs(1), { confirmAboveUsd: 1 }, undefined],
    ["nothing below a hard limit: the ledger decides", costs(2), { maxUsdPerCall: 1, maxUsdPerDay: 1 }, undefined],
    ["a yes where the most is above", bounded(2), { confirmAboveUsd: 1 }, "KLINGKIT_CONFIRM_ABOVE_USD"],
    ["nothing where even the most is below", bounded(1), { confirmAboveUsd: 1, maxUsdPerCall: 1 }, undefined],
    ["a yes to an unknown price under a call's limit", costs(), { maxUsdPerCall: 5 }, "KLINGKIT_MAX_USD_PER_CALL"],
    ["a yes to an unknown price under a day's limit", costs(), { maxUsdPerDay: 5 }, "KLINGKIT_MAX_USD_PER_DAY"],
    ["a yes to an unknown price under its own limit", costs(), { confirmAboveUsd: 5 }, "KLINGKIT_CONFIRM_ABOVE_USD"]
  ] as const)("wants %s", (_, quote, limits, setting) => {
    expect(approvalLimit(quote, limits)?.setting).toBe(setting)
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
