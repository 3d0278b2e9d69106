import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { imageExpand } from "./image-expand.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, referenceCase, ruleCases } from "./testing/rule-cases.ts"

const image = "https://example.com/dog.png"
const margins = (up: number, down: number, left: number, right: number) => ({
  image,
  upExpansionRatio: up,
  downExpansionRatio: down,
  leftExpansionRatio: left,
  rightExpansionRatio: right
})

ruleCases(imageExpand, {
  "references-exist": referenceCase(margins(0.25, 0.25, 0.5, 0.5), "<<<video_9>>>"),
  "area-at-most-3-times": {
    rejected: margins(0.5, 0.5, 1, 1),
    says: "(1 + 0.5 + 0.5) x (1 + 1 + 1) = 6 times as large; at most 3. Closest valid: up 0.25, down 0.25, left 0.5, right 0.5",
    accepted: margins(0.25, 0.25, 0.5, 0.5)
  }
})

roundTripBodies([
  imageExpand,
  `{"up_expansion_ratio":0.1495,"down_expansion_ratio":0.1495,"left_expansion_ratio":0.6547,
        "right_expansion_ratio":0.6547,"prompt":"more meadow","image":"https://example.com/dog.png","n":2}`
])

describe("expand", () => {
  it("allows exactly three times the area", () => {
    expect(problemsOf(imageExpand, margins(2, 0, 0, 0))).toEqual([])
    expect(problemsOf(imageExpand, margins(0.1, 0.1, 0.75, 0.75))).toEqual([])
    expect(problemsOf(imageExpand, margins(2, 0.001, 0, 0))).toEqual([expect.stringContaining("at most 3")])
  })

  it("suggests the largest valid margins", () => {
    const ratio = fc.integer({ min: 0, max: 2000 }).map((thousandths) => thousandths / 1000)
    fc.assert(
      fc.property(ratio, ratio, ratio, ratio, (up, down, left, right) => {
        const sentence = problemsOf(imageExpand, margins(up, down, left, right))[0]
        if (sentence === undefined) return
        const near = [...sentence.matchAll(/(?:up|down|left|right) ([\d.]+)/g)].map(([, number]) => Number(number))
        const [nearUp = 0, nearDown = 0, nearLeft = 0, nearRight = 0] = near.slice(-4)
        expect(problemsOf(imageExpand, margins(nearUp, nearDown, nearLeft, nearRight))).toEqual([])
        expect((1 + nearUp + nearDown) * (1 + nearLeft + nearRight)).toBeGreaterThan(2.98)
      })
    )
  })

  it("costs 8 image units per image", () => {
    expect(imageExpand.price(margins(0.1, 0, 0, 0))).toMatchObject({ pack: "image", units: 8, priceUsd: 0.028 })
    expect(imageExpand.price({ ...margins(0.1, 0, 0, 0), n: 4 })).toMatchObject({ units: 32, state: "exact" })
  })
})
