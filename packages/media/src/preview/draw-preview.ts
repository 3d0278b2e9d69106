import { readImageHeader } from "@klingkit/core/internal"
import type { decode as Decode } from "jpeg-js"
import { pngRows, type Rows } from "./png-rows.ts"
import { fitWithin, resize, type Size } from "./downscale.ts"

/** A small JPEG of one or more images; several are tiled in reading order. */
export interface Preview extends Size {
  readonly mimeType: "image/jpeg"
  readonly bytes: Uint8Array
  readonly images: number
  /** Of a video: when each of the images is shown. */
  readonly frameSeconds?: ReadonlyArray<number>
}

/** The longest side, in pixels. */
const maxSide = 768
const maxBytes = 100_000
/** From the best downwards: the first whose JPEG is small enough is used. */
const qualities = [80, 65, 50, 35, 20, 8]
const gap = 8

/** A PNG is decoded row by row and may be large; a JPEG is decoded at once. */
const maxPixels = { png: 80_000_000, jpg: 20_000_000 }

/**
 * Draws images small enough for a chat. Dimensions are checked before anything is decoded, and images larger than any
 * real result are refused: images from the network are untrusted. Rejects with an error message for users.
 */
export const drawPreview = async (images: ReadonlyArray<Uint8Array>): Promise<Preview> => {
  // Loaded on first use: every server starts, few draw.
  const { decode, encode } = (await import("jpeg-js")).default
  const originals = images.map(sizeOf)
  const { rects, width, height } = layOut(originals)
  const canvas = new Uint8Array(width * height * 4).fill(255)
  for (const [index, image] of images.entries()) {
    const [original, rect] = [originals[index], rects[index]]
    if (original === undefined || rect === undefined) continue
    const rows = original.format === "png" ? pngRows(image) : jpegRows(image, original, decode)
    await resize(rows, original, { ...rect, canvas, canvasWidth: width })
  }
  for (const quality of qualities) {
    const bytes = new Uint8Array(encode({ data: canvas, width, height }, quality).data)
    if (bytes.length <= maxBytes) return { mimeType: "image/jpeg", bytes, width, height, images: images.length }
  }
  throw new Error("the preview could not be made small enough")
}

/** A grid in reading order, as square as possible. */
const layOut = (originals: ReadonlyArray<Size>) => {
  const perRow = Math.ceil(Math.sqrt(originals.length))
  const longest = Math.floor((maxSide - gap * (perRow - 1)) / perRow)
  const sizes = originals.map((size) => fitWithin(size, longest))
  const cell = Math.max(...sizes.map(({ width }) => width))
  let top = 0
  const rows = Array.from({ length: Math.ceil(sizes.length / perRow) }, (_, row) => {
    const inRow = sizes.slice(row * perRow, (row + 1) * perRow)
    const rects = inRow.map((size, column) => ({ ...size, top, left: column * (cell + gap) }))
    top += Math.max(...inRow.map(({ height }) => height)) + gap
    return rects
  })
  const rects = rows.flat()
  return { rects, width: Math.max(...rects.map(({ left, width }) => left + width)), height: top - gap }
}

const sizeOf = (image: Uint8Array) => {
  const facts = readImageHeader(image)
  if (facts === undefined || (facts.format !== "png" && facts.format !== "jpg")) {
    throw new Error(`no preview for ${facts?.format ?? "this format"}: only PNG and JPEG are supported`)
  }
  const { format, width, height } = facts
  if (width < 1 || height < 1 || width * height > maxPixels[format]) {
    throw new Error(`an image of ${width}x${height} pixels is too large for a preview`)
  }
  return { format, width, height } as const
}

async function* jpegRows(image: Uint8Array, { width, height }: Size, decode: typeof Decode): Rows {
  const limits = { maxResolutionInMP: maxPixels.jpg / 1e6, maxMemoryUsageInMB: 256 }
  const { data, ...decoded } = decode(image, { useTArray: true, ...limits })
  if (decoded.width !== width || decoded.height !== height) throw new Error("rotated images are not supported")
  for (let y = 0; y < height; y++) yield data.subarray(y * width * 4, (y + 1) * width * 4)
}
