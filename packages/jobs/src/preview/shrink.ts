import type { Rows } from "./png-rows.ts"

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where a picture is drawn on a canvas of RGBA bytes, which is white at first. */
export interface Place extends Size {
  readonly canvas: Uint8Array
  readonly canvasWidth: number
  readonly left: number
  readonly top: number
}

/** The size with the same shape that fits into a square, never larger than the original. */
export const sizeWithin = ({ width, height }: Size, side: number): Size => {
  const scale = Math.min(1, side / width, side / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Draws the rows of a picture smaller, each pixel the mean of those that fall on it; what shows through is white. */
export const drawSmaller = async (rows: Rows, from: Size, to: Place): Promise<void> => {
  const sums = new Float64Array(to.width * 3)
  const counts = new Uint32Array(to.width)
  const columns = Uint32Array.from({ length: from.width }, (_, x) => Math.floor((x * to.width) / from.width))
  const finish = (y: number): void => {
    for (let x = 0; x < to.width; x++) {
      const at = ((to.top + y) * to.canvasWidth + to.left + x) * 4
      for (let color = 0; color < 3; color++) {
        to.canvas[at + color] = (sums[x * 3 + color] ?? 0) / Math.max(1, counts[x] ?? 0)
      }
    }
    sums.fill(0)
    counts.fill(0)
  }
  let y = 0
  let drawn = 0
  for await (const row of rows) {
    const target = Math.floor((y * to.height) / from.height)
    if (target > drawn) {
      finish(drawn)
      drawn = target
    }
    for (let x = 0, at = 0; x < from.width; x++, at += 4) {
      const column = columns[x] ?? 0
      const alpha = (row[at + 3] ?? 0) / 255
      const white = 255 * (1 - alpha)
      for (let color = 0; color < 3; color++) {
        const sum = column * 3 + color
        sums[sum] = (sums[sum] ?? 0) + (row[at + color] ?? 0) * alpha + white
      }
      counts[column] = (counts[column] ?? 0) + 1
    }
    y += 1
  }
  finish(drawn)
}
