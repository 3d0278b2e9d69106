import { readPicture } from "@klingkit/core"
import type { decode as Decode } from "jpeg-js"
import { pngRows, type Rows } from "./png-rows.ts"
import { drawSmaller, type Size, sizeWithin } from "./shrink.ts"

/** A small JPEG of one or more pictures, those of a series side by side in reading order. */
export interface Preview extends Size {
  readonly mimeType: "image/jpeg"
  readonly bytes: Uint8Array
  readonly pictures: number
}

/** The longest side, in pixels. */
const side = 768
const maxBytes = 100_000
/** From the best downwards: the first whose picture is small enough. */
const qualities = [80, 65, 50, 35, 20, 8]
const gap = 8

/** A PNG is read row by row and may be large; a JPEG is decoded as a whole. */
const maxPixels = { png: 80_000_000, jpg: 20_000_000 }

/**
 * Draws pictures small enough for a chat. Their sizes are read before anything is decoded, and what would take more
 * memory than a real result needs is refused: a picture from the network is never trusted. Fails with words for a person.
 */
export const drawPreview = async (pictures: ReadonlyArray<Uint8Array>): Promise<Preview> => {
  // Loaded when first needed: every server starts, few draw.
  const { decode, encode } = (await import("jpeg-js")).default
  const originals = pictures.map(sizeOf)
  const { places, width, height } = layOut(originals)
  const canvas = new Uint8Array(width * height * 4).fill(255)
  for (const [index, picture] of pictures.entries()) {
    const [original, place] = [originals[index], places[index]]
    if (original === undefined || place === undefined) continue
    const rows = original.format === "png" ? pngRows(picture) : jpegRows(picture, original, decode)
    await drawSmaller(rows, original, { ...place, canvas, canvasWidth: width })
  }
  for (const quality of qualities) {
    const bytes = new Uint8Array(encode({ data: canvas, width, height }, quality).data)
    if (bytes.length <= maxBytes) return { mimeType: "image/jpeg", bytes, width, height, pictures: pictures.length }
  }
  throw new Error("the picture does not get small enough")
}

/** Side by side in reading order, as near to a square as their number allows. */
const layOut = (originals: ReadonlyArray<Size>) => {
  const perRow = Math.ceil(Math.sqrt(originals.length))
  const cell = Math.floor((side - gap * (perRow - 1)) / perRow)
  const sizes = originals.map((size) => sizeWithin(size, cell))
  let top = 0
  const rows = Array.from({ length: Math.ceil(sizes.length / perRow) }, (_, row) => {
    const inRow = sizes.slice(row * perRow, (row + 1) * perRow)
    const placed = inRow.map((size, column) => ({ ...size, top, left: column * (cell + gap) }))
    top += Math.max(...inRow.map(({ height }) => height)) + gap
    return placed
  })
  const places = rows.flat()
  return { places, width: Math.max(...places.map(({ left, width }) => left + width)), height: top - gap }
}

const sizeOf = (picture: Uint8Array) => {
  const facts = readPicture(picture)
  if (facts === undefined || (facts.format !== "png" && facts.format !== "jpg")) {
    throw new Error(`${facts?.format ?? "what came"} is not drawn; only PNG and JPEG are`)
  }
  const { format, width, height } = facts
  if (width < 1 || height < 1 || width * height > maxPixels[format]) {
    throw new Error(`a picture of ${width}x${height} pixels is too large to be drawn`)
  }
  return { format, width, height } as const
}

async function* jpegRows(picture: Uint8Array, { width, height }: Size, decode: typeof Decode): Rows {
  const limits = { maxResolutionInMP: maxPixels.jpg / 1e6, maxMemoryUsageInMB: 256 }
  const { data, ...decoded } = decode(picture, { useTArray: true, ...limits })
  if (decoded.width !== width || decoded.height !== height) throw new Error("turned pictures are not drawn")
  for (let y = 0; y < height; y++) yield data.subarray(y * width * 4, (y + 1) * width * 4)
}
