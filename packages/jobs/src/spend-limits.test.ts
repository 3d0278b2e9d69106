import { describe, it } from "@effect/vitest"
import type { Quote } from "@klingkit/core"
import { ConfigProvider, Effect, Result } from "effect"
import { expect } from "vitest"
import { approvalLimit, spendLimits } from "./spend-limits.ts"

const quoteOf = (priceUsd?: number): Quote => ({
  state: priceUsd === undefined ? "unknown" : "exact",
  rule: "",
  ...(priceUsd === undefined ? {} : { priceUsd })
})

const bounded = (maxUsd: number): Quote => ({
  ...quoteOf(),
  state: "estimate",
  upperBound: { units: 1, priceUsd: maxUsd }
})

describe("approvalLimit", () => {
  it.each([
    ["nothing where no limit is set", quoteOf(100), {}, undefined],
    ["nothing for an unknown price where no limit is set", quoteOf(), {}, undefined],
    ["an approval above its amount", quoteOf(2), { confirmAboveUsd: 1 }, "approvalThresholdUsd"],
    ["nothing at its amount", quoteOf(1), { confirmAboveUsd: 1 }, undefined],
    ["nothing for a hard limit: the ledger enforces it", quoteOf(2), { maxUsdPerCall: 1, maxUsdPerDay: 1 }, undefined],
    ["an approval where the upper bound is above", bounded(2), { confirmAboveUsd: 1 }, "approvalThresholdUsd"],
    ["nothing where even the upper bound is below", bounded(1), { confirmAboveUsd: 1, maxUsdPerCall: 1 }, undefined],
    ["an approval of an unknown price under a limit per call", quoteOf(), { maxUsdPerCall: 5 }, "maxUsdPerCall"],
    ["an approval of an unknown price under a limit per day", quoteOf(), { maxUsdPerDay: 5 }, "maxUsdPerDay"],
    ["an approval of an unknown price under its own limit", quoteOf(), { confirmAboveUsd: 5 }, "approvalThresholdUsd"]
  ] as const)("requires %s", (_, quote, limits, setting) => {
    expect(approvalLimit(quote, limits)?.setting).toBe(setting)
  })
})

describe("spendLimits", () => {
  const read = (environment: Record<string, string>) =>
    Effect.runSync(
      Effect.result(spendLimits).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment))))
    )

  it("are read from the environment; absent ones set no limit", () => {
    const limits = read({
      KLINGKIT_MAX_USD_PER_CALL: "5",
      KLINGKIT_CONFIRM_ABOVE_USD: "2.5",
      KLINGKIT_MAX_USD_PER_DAY: ""
    })
    expect(Result.getOrThrow(limits)).toEqual({ maxUsdPerCall: 5, confirmAboveUsd: 2.5 })
  })

  it("never treat an unreadable limit as no limit", () => {
    const limits = read({ KLINGKIT_MAX_USD_PER_CALL: "five" })
    expect(Result.isFailure(limits) && limits.failure.message).toContain("KLINGKIT_MAX_USD_PER_CALL must be an amount")
  })

  it.each([
    ["On", { confirmTokens: true }],
    ["TRUE", { confirmTokens: true }],
    ["0", {}],
    ["", {}]
  ])("let a token approve where the setting is %j", (value, limits) => {
    expect(Result.getOrThrow(read({ KLINGKIT_CONFIRM_TOKENS: value }))).toEqual(limits)
  })

  it("name the setting for tokens when it says neither", () => {
    const limits = read({ KLINGKIT_CONFIRM_TOKENS: "maybe" })
    expect(Result.isFailure(limits) && limits.failure.message).toContain(
      'KLINGKIT_CONFIRM_TOKENS must be on or off, not "maybe"'
    )
  })
})
