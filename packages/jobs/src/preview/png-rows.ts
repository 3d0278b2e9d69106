/** One row of a picture as RGBA bytes. The array is used again for the next row. */
export type Rows = AsyncIterable<Uint8Array>

interface Header {
  readonly width: number
  readonly height: number
  readonly bitDepth: number
  readonly colorType: number
}

/** Samples of a pixel by PNG's colour type: grey, RGB, palette, grey and alpha, RGBA. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/**
 * The rows of a PNG, one after the other: never more than two of them are held, however far its data would inflate.
 * Fails with words for a person at what it cannot read, such as interlaced pictures.
 */
export async function* pngRows(png: Uint8Array): Rows {
  const header = headerOf(png)
  const samples = samplesOf[header.colorType] ?? 0
  const step = Math.max(1, (samples * header.bitDepth) / 8)
  const length = Math.ceil((header.width * samples * header.bitDepth) / 8)
  const paint = painterOf(header, paletteOf(png))
  const rgba = new Uint8Array(header.width * 4)
  let before = new Uint8Array(length)
  let row = new Uint8Array(length)
  let filter = -1
  let filled = 0
  let left = header.height
  for await (const piece of inflated(png)) {
    for (let at = 0; at < piece.length && left > 0;) {
      if (filter < 0) {
        filter = piece[at++] ?? 0
        filled = 0
        continue
      }
      const taken = Math.min(length - filled, piece.length - at)
      row.set(piece.subarray(at, at + taken), filled)
      at += taken
      filled += taken
      if (filled < length) continue
      unfilter(filter, row, before, step)
      paint(row, rgba)
      yield rgba
      ;[before, row, filter] = [row, before, -1]
      left -= 1
    }
    // What comes after the last row is no part of the picture; it may be without end.
    if (left === 0) return
  }
  throw new Error("the picture is cut off")
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

async function* inflated(png: Uint8Array): AsyncGenerator<Uint8Array> {
  const packed = new Blob([...imageData(png)]).stream()
  try {
    yield* packed.pipeThrough(new DecompressionStream("deflate"))
  } catch {
    throw new Error("the picture is broken")
  }
}

const headerOf = (png: Uint8Array): Header => {
  const [first] = chunksOf(png)
  if (first?.type !== "IHDR" || first.data.length < 13) throw new Error("the picture is no PNG")
  const [bitDepth = 0, colorType = 0, , , interlace] = first.data.subarray(8)
  if (interlace !== 0) throw new Error("interlaced pictures are not drawn")
  if (bitDepth !== 8 && bitDepth !== 16) throw new Error(`pictures of ${bitDepth} bits a colour are not drawn`)
  if (samplesOf[colorType] === undefined) throw new Error("the picture has no known colours")
  return { width: view(first.data).getUint32(0), height: view(first.data).getUint32(4), bitDepth, colorType }
}

const paletteOf = (png: Uint8Array): Uint8Array => {
  for (const { type, data } of chunksOf(png)) {
    if (type === "PLTE") return data
    if (type === "IDAT") break
  }
  return new Uint8Array()
}

/** Takes PNG's row filters back (PNG specification, 9.2), in place. */
const unfilter = (filter: number, row: Uint8Array, before: Uint8Array, step: number): void => {
  if (filter === 0) return
  for (let at = 0; at < row.length; at++) {
    const left = at < step ? 0 : (row[at - step] ?? 0)
    const up = before[at] ?? 0
    const corner = at < step ? 0 : (before[at - step] ?? 0)
    const add = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, corner)
    row[at] = (row[at] ?? 0) + add
  }
}

const paeth = (left: number, up: number, corner: number): number => {
  const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner
}

/** Which of a pixel's samples are red, green and blue, and which says how much it covers. */
const placesOf: Readonly<Record<number, readonly [number, number, number, number | undefined]>> = {
  0: [0, 0, 0, undefined],
  2: [0, 1, 2, undefined],
  4: [0, 0, 0, 1],
  6: [0, 1, 2, 3]
}

/** Writes a row of samples as RGBA. Of 16 bits the upper eight are enough for the eye. */
const painterOf = ({ width, bitDepth, colorType }: Header, palette: Uint8Array) => {
  const bytes = bitDepth / 8
  const places = placesOf[colorType]
  if (places === undefined) return (row: Uint8Array, rgba: Uint8Array) => paintFromPalette(row, rgba, palette)
  const [red, green, blue, cover] = places
  const step = (samplesOf[colorType] ?? 1) * bytes
  return (row: Uint8Array, rgba: Uint8Array): void => {
    for (let x = 0, from = 0, to = 0; x < width; x++, from += step, to += 4) {
      rgba[to] = row[from + red * bytes] ?? 0
      rgba[to + 1] = row[from + green * bytes] ?? 0
      rgba[to + 2] = row[from + blue * bytes] ?? 0
      rgba[to + 3] = cover === undefined ? 255 : (row[from + cover * bytes] ?? 0)
    }
  }
}

const paintFromPalette = (row: Uint8Array, rgba: Uint8Array, palette: Uint8Array): void => {
  for (let x = 0; x < row.length; x++) {
    const entry = (row[x] ?? 0) * 3
    rgba.set([palette[entry] ?? 0, palette[entry + 1] ?? 0, palette[entry + 2] ?? 0, 255], x * 4)
  }
}
