/** The rows of an image as RGBA bytes. The array is reused for the next row. */
export type Rows = AsyncIterable<Uint8Array>

interface Header {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly colorType: number
}

/** Samples per pixel by PNG color type: grayscale, RGB, palette, grayscale with alpha, RGBA. */
const samplesPerPixel: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/**
 * Decodes a PNG row by row: never holds more than two rows, however much data its stream inflates to. Throws an error
 * with a message for users on what it cannot decode, such as interlaced images.
 */
export async function* pngRows(png: Uint8Array): Rows {
  const header = headerOf(png)
  const samples = samplesPerPixel[header.colorType] ?? 0
  const bytesPerPixel = Math.max(1, (samples * header.bitDepth) / 8)
  const length = Math.ceil((header.width * samples * header.bitDepth) / 8)
  const readPixels = pixelReader(header, paletteOf(png))
  const rgba = new Uint8Array(header.width * 4)
  let previous = new Uint8Array(length)
  let row = new Uint8Array(length)
  let filter = -1
  let filled = 0
  let rowsLeft = header.height
  for await (const chunk of inflate(png)) {
    for (let at = 0; at < chunk.length && rowsLeft > 0;) {
      if (filter < 0) {
        filter = chunk[at++] ?? 0
        filled = 0
        continue
      }
      const count = Math.min(length - filled, chunk.length - at)
      row.set(chunk.subarray(at, at + count), filled)
      at += count
      filled += count
      if (filled < length) continue
      unfilter(filter, row, previous, bytesPerPixel)
      readPixels(row, rgba)
      yield rgba
      ;[previous, row, filter] = [row, previous, -1]
      rowsLeft -= 1
    }
    // Data after the last row is not part of the image, and may be endless.
    if (rowsLeft === 0) return
  }
  throw new Error("the image is truncated")
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

interface Chunk {
  readonly type: string
  readonly data: Uint8Array<ArrayBuffer>
}

function* chunksOf(png: Uint8Array): Generator<Chunk> {
  for (let at = 8; at + 8 <= png.length;) {
    const length = view(png).getUint32(at)
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    yield { type, data: png.slice(at + 8, at + 8 + length) }
    if (type === "IEND") return
    at += length + 12
  }
}

function* imageData(png: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  for (const { type, data } of chunksOf(png)) if (type === "IDAT") yield data
}

async function* inflate(png: Uint8Array): AsyncGenerator<Uint8Array> {
  const packed = new Blob([...imageData(png)]).stream()
  try {
    yield* packed.pipeThrough(new DecompressionStream("deflate"))
  } catch {
    throw new Error("the image is corrupt")
  }
}

const headerOf = (png: Uint8Array): Header => {
  const [first] = chunksOf(png)
  if (first?.type !== "IHDR" || first.data.length < 13) throw new Error("the image is not a PNG")
  const [bitDepth = 0, colorType = 0, , , interlace] = first.data.subarray(8)
  if (interlace !== 0) throw new Error("interlaced PNGs are not supported")
  if (bitDepth !== 8 && bitDepth !== 16) throw new Error(`PNGs of ${bitDepth} bits per sample are not supported`)
  if (samplesPerPixel[colorType] === undefined) throw new Error("the PNG color type is not valid")
  return { width: view(first.data).getUint32(0), height: view(first.data).getUint32(4), bitDepth, colorType }
}

const paletteOf = (png: Uint8Array): Uint8Array => {
  for (const { type, data } of chunksOf(png)) {
    if (type === "PLTE") return data
    if (type === "IDAT") break
  }
  return new Uint8Array()
}

/** Reverses a PNG row filter in place (PNG specification, 9.2). */
const unfilter = (filter: number, row: Uint8Array, previous: Uint8Array, bytesPerPixel: number): void => {
  if (filter === 0) return
  for (let at = 0; at < row.length; at++) {
    const left = at < bytesPerPixel ? 0 : (row[at - bytesPerPixel] ?? 0)
    const up = previous[at] ?? 0
    const corner = at < bytesPerPixel ? 0 : (previous[at - bytesPerPixel] ?? 0)
    const add = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner)
    row[at] = (row[at] ?? 0) + add
  }
}

const paeth = (left: number, up: number, corner: number): number => {
  const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner
}

/** Sample offsets of red, green, blue and alpha within a pixel. */
const channelOffsets: Readonly<Record<number, readonly [number, number, number, number | undefined]>> = {
  0: [0, 0, 0, undefined],
  2: [0, 1, 2, undefined],
  4: [0, 0, 0, 1],
  6: [0, 1, 2, 3]
}

/** Converts a row of samples to RGBA. Of 16 bits, the upper eight are enough for a preview. */
const pixelReader = ({ width, bitDepth, colorType }: Header, palette: Uint8Array) => {
  const bytes = bitDepth / 8
  const offsets = channelOffsets[colorType]
  if (offsets === undefined) return (row: Uint8Array, rgba: Uint8Array) => readFromPalette(row, rgba, palette)
  const [red, green, blue, alpha] = offsets
  const step = (samplesPerPixel[colorType] ?? 1) * bytes
  return (row: Uint8Array, rgba: Uint8Array): void => {
    for (let x = 0, from = 0, to = 0; x < width; x++, from += step, to += 4) {
      rgba[to] = row[from + red * bytes] ?? 0
      rgba[to + 1] = row[from + green * bytes] ?? 0
      rgba[to + 2] = row[from + blue * bytes] ?? 0
      rgba[to + 3] = alpha === undefined ? 255 : (row[from + alpha * bytes] ?? 0)
    }
  }
}

const readFromPalette = (row: Uint8Array, rgba: Uint8Array, palette: Uint8Array): void => {
  for (let x = 0; x < row.length; x++) {
    const entry = (row[x] ?? 0) * 3
    rgba.set([palette[entry] ?? 0, palette[entry + 1] ?? 0, palette[entry + 2] ?? 0, 255], x * 4)
  }
}
