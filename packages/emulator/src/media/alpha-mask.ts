// Rasterizes outlines into an alpha mask, and blends the mask into a frame.
import type { Colour, Frame } from "./frame.ts"
import type { Glyph } from "./typeface.ts"

/** A rectangle of whole pixels whose top left corner lies at (x, y) of the frame. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How much of each pixel of its area is covered, 0-255. */
export interface AlphaMask extends Area {
  readonly alpha: Uint8Array
}

export const createMask = (x: number, y: number, width: number, height: number): AlphaMask => ({
  x,
  y,
  width,
  height,
  alpha: new Uint8Array(width * height)
})

type Point = readonly [x: number, y: number]

/** The line segments of an outline, in pixels, y down; each curve becomes eight. */
function* flatten(glyph: Glyph, sizePixels: number, x: number, baseline: number): Generator<readonly [Point, Point]> {
  const scale = sizePixels / glyph.unitsPerEm
  let start: Point = [0, 0]
  let pen: Point = [0, 0]
  for (const { command, args } of glyph.outline) {
    const points: Array<Point> = []
    for (let at = 0; at + 1 < args.length; at += 2) {
      points.push([x + (args[at] ?? 0) * scale, baseline - (args[at + 1] ?? 0) * scale])
    }
    const end = command === "closePath" ? start : (points.at(-1) ?? pen)
    if (command === "moveTo") start = end
    else {
      const pieces = points.length > 1 ? 8 : 1
      let from = pen
      for (let piece = 1; piece <= pieces; piece++) {
        const to: Point = piece === pieces ? end : pointOnCurve([pen, ...points], piece / pieces)
        yield [from, to]
        from = to
      }
    }
    pen = end
  }
}

/** De Casteljau: the point at `share` of a Bézier curve of any degree. */
const pointOnCurve = (controls: ReadonlyArray<Point>, share: number): Point => {
  const [first = [0, 0]] = controls
  if (controls.length < 2) return first
  const next = controls.slice(1).map((point, index): Point => {
    const before = controls[index] ?? point
    return [before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share]
  })
  return pointOnCurve(next, share)
}

/**
 * Adds to each cell of `area` how much the winding changes there, so that a running sum along the row gives the
 * coverage of each pixel: the signed-area accumulation of font-rs.
 */
const accumulate = (area: Float32Array, width: number, height: number, [a, b]: readonly [Point, Point]): void => {
  if (a[1] === b[1]) return
  const direction = a[1] < b[1] ? 1 : -1
  const [top, bottom] = a[1] < b[1] ? [a, b] : [b, a]
  const slope = (bottom[0] - top[0]) / (bottom[1] - top[1])
  const firstRow = Math.max(0, Math.floor(top[1]))
  let x = top[0] + (Math.max(top[1], 0) - top[1]) * slope
  for (let row = firstRow; row < Math.min(height, Math.ceil(bottom[1])); row++) {
    const share = Math.min(row + 1, bottom[1]) - Math.max(row, top[1])
    const nextX = x + slope * share
    // Pieces at most one pixel wide, so that each touches only two cells.
    const pieces = Math.max(1, Math.ceil(Math.abs(nextX - x)))
    for (let piece = 0; piece < pieces; piece++) {
      const middle = x + ((nextX - x) * (piece + 0.5)) / pieces
      const clamped = Math.min(Math.max(middle, 0), width - 1)
      const cell = Math.floor(clamped)
      const wound = (direction * share) / pieces
      const at = row * (width + 1) + cell
      area[at] = (area[at] ?? 0) + wound * (1 - (clamped - cell))
      area[at + 1] = (area[at + 1] ?? 0) + wound * (clamped - cell)
    }
    x = nextX
  }
}

/** Draws a glyph with its origin at (x, baseline), in pixels of the frame; clipped to the mask. */
export const drawGlyph = (mask: AlphaMask, glyph: Glyph, sizePixels: number, x: number, baseline: number): void => {
  const left = Math.floor(x - sizePixels)
  const top = Math.floor(baseline - 1.5 * sizePixels)
  const width = Math.ceil(sizePixels * (glyph.advanceEms + 2))
  const height = Math.ceil(2.5 * sizePixels)
  const area = new Float32Array((width + 1) * height)
  for (const line of flatten(glyph, sizePixels, x - left, baseline - top)) accumulate(area, width, height, line)
  for (let row = 0; row < height; row++) {
    const maskY = top + row - mask.y
    if (maskY < 0 || maskY >= mask.height) continue
    let winding = 0
    for (let column = 0; column < width; column++) {
      winding += area[row * (width + 1) + column] ?? 0
      const maskX = left + column - mask.x
      if (Math.abs(winding) < 0.004 || maskX < 0 || maskX >= mask.width) continue
      const at = maskY * mask.width + maskX
      mask.alpha[at] = Math.min(255, (mask.alpha[at] ?? 0) + Math.round(255 * Math.min(1, Math.abs(winding))))
    }
  }
}

/** Blends the mask into the frame in one colour; with `bounds`, only where the two overlap. */
export const blendMask = (
  frame: Frame,
  mask: AlphaMask,
  [luma, blue, red]: Colour,
  opacity = 1,
  bounds: Area = frameArea
): void => {
  const left = Math.max(0, mask.x, bounds.x)
  const right = Math.min(frame.width, mask.x + mask.width, bounds.x + bounds.width)
  const bottom = Math.min(frame.height, mask.y + mask.height, bounds.y + bounds.height)
  for (let y = Math.max(0, mask.y, bounds.y); y < bottom; y++) {
    const maskRow = (y - mask.y) * mask.width - mask.x
    for (let x = left; x < right; x++) {
      const alpha = mask.alpha[maskRow + x] ?? 0
      if (alpha === 0) continue
      const cover = (alpha / 255) * opacity
      mixInto(frame.luma, y * frame.width + x, luma, cover)
      if ((x | y) & 1) continue
      const chromaAt = (y >> 1) * frame.chromaWidth + (x >> 1)
      mixInto(frame.blue, chromaAt, blue, cover)
      mixInto(frame.red, chromaAt, red, cover)
    }
  }
}

const frameArea: Area = { x: 0, y: 0, width: Infinity, height: Infinity }

const mixInto = (plane: Uint8Array, at: number, value: number, share: number): void => {
  const under = plane[at] ?? 0
  plane[at] = under + (value - under) * share + 0.5
}
