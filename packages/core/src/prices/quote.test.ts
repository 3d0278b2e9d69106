import { describe, expect, it } from "vitest"
import { lipSyncOf, lipSyncOfAnyClip, lipSyncRate, perCall } from "./call-prices.ts"
import { mostUsd, sumOfQuotes } from "./quote.ts"

describe("the price of several steps", () => {
  it("is their sum, without drift, and as certain as the least certain", () => {
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

  it("names no units when one of them names none, and still the most that all can come to", () => {
    const { state, units, priceUsd, atMost, rule } = sumOfQuotes([perCall("tts"), lipSyncRate])
    expect([state, units, priceUsd]).toEqual(["estimate", undefined, undefined])
    expect(atMost).toEqual({ units: 6.05, priceUsd: 0.847 })
    expect(rule).toContain("0.05 (tts) + 0.5 video units for every 5 s")
  })

  it("names no bound when one of them has none", () => {
    const quote = sumOfQuotes([perCall("tts"), lipSyncOfAnyClip, lipSyncRate])
    expect([mostUsd(quote), quote.atMost]).toEqual([undefined, undefined])
  })
})
