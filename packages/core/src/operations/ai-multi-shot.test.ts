import { describe, expect, it } from "vitest"
import { aiMultiShot } from "./ai-multi-shot.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf } from "./testing/rule-cases.ts"

roundTripBodies([
  aiMultiShot,
  `{"element_frontal_image":"https://example.com/front.png","callback_url":"https://example.com/done"}`
])

describe("ai-multi-shot", () => {
  it("needs a front view, and makes no watermark", () => {
    expect(problemsOf(aiMultiShot, {})).toEqual(["frontalImage is required"])
    expect(problemsOf(aiMultiShot, { frontalImage: "https://example.com/a.png", watermark: true })).toHaveLength(1)
  })

  it("costs 20 image units a call", () => {
    expect(aiMultiShot.price({ frontalImage: "https://example.com/a.png" })).toMatchObject({
      state: "exact",
      pack: "image",
      units: 20,
      priceUsd: 0.07
    })
  })
})
