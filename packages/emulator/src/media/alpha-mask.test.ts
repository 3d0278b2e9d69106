import { describe, expect, it } from "vitest"
import { colour, createFrame } from "./frame.ts"
import { blendMask, createMask, drawGlyph } from "./alpha-mask.ts"
import type { Glyph } from "./typeface.ts"

const polygon = (...corners: ReadonlyArray<readonly [number, number]>): Glyph["outline"] => [
  ...corners.map(([x, y], index) => ({
    command: index === 0 ? ("moveTo" as const) : ("lineTo" as const),
    args: [x, y]
  })),
  { command: "closePath", args: [] }
]

const draw = (outline: Glyph["outline"]) => {
  const mask = createMask(0, 0, 6, 6)
  drawGlyph(mask, { outline, unitsPerEm: 4, advanceEms: 1 }, 4, 1, 5)
  return Array.from({ length: 6 }, (_, row) => [...mask.alpha.subarray(row * 6, row * 6 + 6)])
}

describe("drawGlyph", () => {
  it("covers full pixels fully and half pixels by half", () => {
    expect(draw(polygon([0, 0], [0, 2], [2.5, 2], [2.5, 0]))).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [0, 255, 255, 128, 0, 0],
      [0, 255, 255, 128, 0, 0],
      [0, 0, 0, 0, 0, 0]
    ])
  })

  it("leaves a hole for a contour in the opposite direction", () => {
    const ring = [...polygon([0, 0], [0, 4], [4, 4], [4, 0]), ...polygon([3, 1], [3, 3], [1, 3], [1, 1])]
    expect(draw(ring)[2]).toEqual([0, 255, 0, 0, 255, 0])
  })

  it("covers half of the square under a slope", () => {
    const covered = draw(polygon([0, 0], [0, 4], [4, 0])).flat()
    expect(covered.reduce((sum, alpha) => sum + alpha, 0) / 255).toBeCloseTo(8, 1)
  })

  it("follows curves", () => {
    const lens: Glyph["outline"] = [
      { command: "moveTo", args: [0, 0] },
      { command: "quadraticCurveTo", args: [2, 6, 4, 0] },
      { command: "closePath", args: [] }
    ]
    // Two thirds of the triangle's area, 12, lie under the parabola; flattening it loses a little.
    expect(
      draw(lens)
        .flat()
        .reduce((sum, alpha) => sum + alpha, 0) / 255
    ).toBeCloseTo(7.88, 1)
  })
})

describe("blendMask", () => {
  it("paints only inside the frame and the given area", () => {
    const frame = createFrame(8, 8)
    const mask = createMask(-2, 4, 20, 20)
    mask.alpha.fill(255)
    blendMask(frame, mask, colour("#ffffff"), 1, { x: 0, y: 0, width: 3, height: 5 })
    const painted = [...frame.luma].flatMap((luma, at) => (luma > 0 ? [at] : []))
    expect(painted).toEqual([32, 33, 34])
  })
})
