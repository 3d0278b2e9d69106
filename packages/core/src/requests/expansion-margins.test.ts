import { describe, expect, it } from "vitest"
import { operations } from "../operations/catalog.ts"
import { planOperation } from "../plan/plan-operation.ts"
import { Effect } from "effect"
import { marginsFor } from "./expansion-margins.ts"

const size = (width: number, height: number) => ({ width, height })

describe("the margins that give an image another aspect ratio", () => {
  it.each([
    ["16:9", size(768, 1024), { up: 0, down: 0, left: 0.6852, right: 0.6852 }],
    ["3:4", size(1920, 1080), { up: 0.6852, down: 0.6852, left: 0, right: 0 }],
    ["1:1", size(1000, 500), { up: 0.5, down: 0.5, left: 0, right: 0 }],
    ["3:1", size(1000, 1000), { up: 0, down: 0, left: 1, right: 1 }],
    ["2.39 x 1", size(2390, 1100), { up: 0, down: 0, left: 0.05, right: 0.05 }]
  ] as const)("%s of %o", (ratio, image, margins) => {
    expect(marginsFor(ratio, image)).toEqual(margins)
  })

  it("are within Kling's limits wherever there are any, and give that ratio to the pixel", () => {
    const plan = ({ up, down, left, right }: Exclude<ReturnType<typeof marginsFor>, string>) =>
      Effect.runSync(
        planOperation(operations["legacy.images.expand"], {
          image: "https://example.com/a.png",
          upExpansionRatio: up,
          downExpansionRatio: down,
          leftExpansionRatio: left,
          rightExpansionRatio: right
        })
      )
    let reached = 0
    for (const [width, height] of [
      [300, 300],
      [768, 1024],
      [4096, 2304],
      [777, 1333],
      [2400, 1000]
    ] as const) {
      for (const ratio of ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "2:3", "3:1", "1:3"]) {
        const margins = marginsFor(ratio, { width, height })
        if (typeof margins === "string") continue
        reached++
        plan(margins)
        const [wide = 1, tall = 1] = ratio.split(":").map(Number)
        const got = [width * (1 + margins.left + margins.right), height * (1 + margins.up + margins.down)] as const
        expect(Math.abs(got[0] - (got[1] * wide) / tall)).toBeLessThan(1)
      }
    }
    expect(reached).toBeGreaterThan(30)
  })

  it.each([
    ["wide", size(10, 10), "must be two numbers such as 16:9"],
    ["16:0", size(10, 10), "must be two numbers such as 16:9"],
    ["16:9", undefined, "needs an image whose size is known here"],
    ["1:1", size(512, 512), "1:1 is what the image has: it has 512x512 pixels"],
    [
      "21:9",
      size(500, 1000),
      "21:9 is too far from 500x1000 pixels: the image may become 3 times as large, at most 1500x1000, or do it in two steps"
    ]
  ] as const)("%s of %o is refused in words", (ratio, image, message) => {
    expect(marginsFor(ratio, image)).toContain(message)
  })
})
