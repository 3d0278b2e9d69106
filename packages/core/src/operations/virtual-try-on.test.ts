import { describe, expect, it } from "vitest"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf } from "./testing/rule-cases.ts"
import { legacyVirtualTryOn } from "./virtual-try-on.ts"

roundTripBodies([
  legacyVirtualTryOn,
  `{"model_name":"kolors-virtual-try-on-v1-5","human_image":"https://example.com/person.png",
        "cloth_image":"https://example.com/coat.png"}`
])

describe("the older try-on", () => {
  it("needs a person and a garment", () => {
    expect(problemsOf(legacyVirtualTryOn, {})).toEqual(["humanImage is required", "clothImage is required"])
  })

  it("says that its price is unknown, not free", () => {
    const quote = legacyVirtualTryOn.price({ humanImage: "https://example.com/a", clothImage: "https://example.com/b" })
    expect(quote).toMatchObject({ state: "unknown", pack: "try-on" })
    expect(quote.units).toBeUndefined()
  })
})
