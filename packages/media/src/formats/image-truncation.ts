import { Effect } from "effect"
import { endsEarly, maxParts, type ReadAt, windowBytes } from "./read-at.ts"

/** Whether the chunks of a PNG reach its end chunk. */
export const pngTruncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  for (let offset = 8, parts = 0; parts < maxParts; parts++) {
    if (offset + 12 > sizeBytes) return endsEarly
    const head = yield* readAt(offset, 8)
    if (String.fromCharCode(...head.subarray(4, 8)) === "IEND") return undefined
    offset += 12 + new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)
  }
  return undefined
})

/** WebP and WAV. Streaming writers, which do not know the length, leave zero or all ones. */
export const riffTruncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const head = yield* readAt(0, 8)
  if (head.length < 8) return endsEarly
  const size = new DataView(head.buffer, head.byteOffset, head.length).getUint32(4, true)
  return size !== 0xffffffff && size + 8 > sizeBytes ? endsEarly : undefined
})

/** Whether the segments and scans of a JPEG reach its end marker; a thumbnail's end marker lies within a segment. */
export const jpegTruncation = Effect.fnUntraced(function* <E>(readAt: ReadAt<E>) {
  let offset = 2
  for (let parts = 0; parts < maxParts; parts++) {
    const [prefix, marker, high, low] = yield* readAt(offset, 4)
    if (prefix === undefined || marker === undefined) return endsEarly
    if (prefix !== 0xff || marker === 0xd9) return undefined
    if (marker === 0xff) {
      offset += 1
      continue
    }
    if (isWithoutSegment(marker)) {
      offset += 2
      continue
    }
    if (high === undefined || low === undefined) return endsEarly
    offset += 2 + high * 256 + low
    if (marker === 0xda) {
      const end = yield* scanEnd(offset, readAt)
      if (end === undefined) return endsEarly
      offset = end
    }
  }
  return undefined
})

const isWithoutSegment = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/** Where the marker after the compressed data of a scan is. */
const scanEnd = Effect.fnUntraced(function* <E>(from: number, readAt: ReadAt<E>) {
  for (let offset = from; ; offset += windowBytes - 1) {
    const bytes = yield* readAt(offset, windowBytes)
    for (let at = bytes.indexOf(0xff); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
      const marker = bytes[at + 1] ?? 0
      if (marker !== 0 && marker !== 0xff && !isWithoutSegment(marker)) return offset + at
    }
    if (bytes.length < windowBytes) return undefined
  }
})

/** Whether the blocks of a GIF reach its trailer. */
export const gifTruncation = Effect.fnUntraced(function* <E>(readAt: ReadAt<E>) {
  const byteAt = (offset: number) => Effect.map(readAt(offset, 1), ([byte]) => byte)
  let offset = 13 + colorTableBytes((yield* byteAt(10)) ?? 0)
  for (let parts = 0; parts < maxParts; parts++) {
    const kind = yield* byteAt(offset)
    if (kind === undefined) return endsEarly
    if (kind === 0x21) offset += 2
    else if (kind === 0x2c) offset += 11 + colorTableBytes((yield* byteAt(offset + 9)) ?? 0)
    else return undefined
    for (; parts < maxParts; parts++) {
      const length = yield* byteAt(offset)
      if (length === undefined) return endsEarly
      offset += 1 + length
      if (length === 0) break
    }
  }
  return undefined
})

const colorTableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))
