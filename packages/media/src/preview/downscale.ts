import type { Rows } from "./png-rows.ts"

export interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle of a canvas of RGBA bytes, which is initially white. */
export interface CanvasRect extends Size {
  readonly canvas: Uint8Array
  readonly canvasWidth: number
  readonly left: number
  readonly top: number
}

/** The largest size of the same aspect ratio that fits into a square, never larger than the original. */
export const fitWithin = ({ width, height }: Size, side: number): Size => {
  const scale = Math.min(1, side / width, side / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** Downscales the rows of an image by area averaging; transparency is blended with white. */
export const resize = async (rows: Rows, from: Size, to: CanvasRect): Promise<void> => {
  const sums = new Float64Array(to.width * 3)
  const counts = new Uint32Array(to.width)
  const columns = Uint32Array.from({ length: from.width }, (_, x) => Math.floor((x * to.width) / from.width))
  const writeRow = (y: number): void => {
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
  let currentRow = 0
  for await (const row of rows) {
    const target = Math.floor((y * to.height) / from.height)
    if (target > currentRow) {
      writeRow(currentRow)
      currentRow = target
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
  writeRow(currentRow)
}
