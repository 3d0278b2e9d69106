import { describe, expect, it } from "vitest"
import { lipSyncOf, lipSyncOfAnyVideo, lipSyncRate, perCall } from "./call-prices.ts"
import { maxUsd, sumOfQuotes } from "./quote.ts"

describe("the price of several steps", () => {
  it("is their sum, without rounding drift, and as certain as the least certain", () => {
    expect(sumOfQuotes([perCall("tts"), perCall("identify-face"), perCall("tts")])).toMatchObject({
      state: "exact",
      pack: "video",
      units: 0.15,
      priceUsd: 0.021
    })
    expect(sumOfQuotes([perCall("tts"), lipSyncOf(6)])).toMatchObject({
      state: "estimate",
      units: 1.05,
      priceUsd: 0.147
    })
  })

  it("has no units when one step has none, but still an upper bound", () => {
    const { state, units, priceUsd, upperBound, rule } = sumOfQuotes([perCall("tts"), lipSyncRate])
    expect([state, units, priceUsd]).toEqual(["estimate", undefined, undefined])
    expect(upperBound).toEqual({ units: 6.05, priceUsd: 0.847 })
    expect(rule).toContain("0.05 (tts) + 0.5 video units per 5 s")
  })

  it("has no upper bound when one step has none", () => {
    const quote = sumOfQuotes([perCall("tts"), lipSyncOfAnyVideo, lipSyncRate])
    expect([maxUsd(quote), quote.upperBound]).toEqual([undefined, undefined])
  })
})
