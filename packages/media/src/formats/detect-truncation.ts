import { Effect } from "effect"

/** Reads `length` bytes of a file from a position; fewer at its end. */
export type ReadAt<E> = (position: number, length: number) => Effect.Effect<Uint8Array, E>

/**
 * How a file shows that it is truncated, or undefined. Walks the lengths that its container declares, without reading or
 * decoding the content. Formats that declare no lengths always pass.
 */
export const detectTruncation = <E>(
  extension: string,
  sizeBytes: number,
  readAt: ReadAt<E>
): Effect.Effect<string | undefined, E> => {
  switch (extension) {
    case "mp4":
    case "mov":
      return mp4Truncation(sizeBytes, readAt)
    case "png":
      return pngTruncation(sizeBytes, readAt)
    case "wav":
    case "webp":
      return riffTruncation(sizeBytes, readAt)
    default:
      return Effect.succeed(undefined)
  }
}

const endsEarly = "it ends early"
/** A file with more parts than this passes unchecked. */
const maxParts = 100_000

/** ISO base media: the index (`moov`) and the data it points into (`mdat`, `moof`) exist and end within the file. */
const mp4Truncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const seen = new Set<string>()
  for (let offset = 0, parts = 0; offset + 8 <= sizeBytes && parts < maxParts; parts++) {
    const head = yield* readAt(offset, 16)
    const size = boxSize(head, sizeBytes - offset)
    const type = String.fromCharCode(...head.subarray(4, 8))
    const isEssential = type === "moov" || type === "mdat" || type === "moof"
    if (offset + size > sizeBytes && isEssential) return endsEarly
    seen.add(type)
    if (size < 8) break
    offset += size
  }
  if (!seen.has("moov")) return "its index is missing"
  return seen.has("mdat") ? undefined : "it has an index but no media data"
})

/** 0 means "to the end of the file", 1 means that a 64-bit size follows the type. */
const boxSize = (head: Uint8Array, rest: number): number => {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const size = view.getUint32(0)
  if (size === 1) return head.length < 16 ? rest + 1 : Number(view.getBigUint64(8))
  return size === 0 ? rest : size
}

const pngTruncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  for (let offset = 8, parts = 0; parts < maxParts; parts++) {
    if (offset + 12 > sizeBytes) return endsEarly
    const head = yield* readAt(offset, 8)
    if (String.fromCharCode(...head.subarray(4, 8)) === "IEND") return undefined
    offset += 12 + new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)
  }
  return undefined
})

/** Streaming writers, which do not know the length, leave zero or all ones. */
const riffTruncation = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const head = yield* readAt(0, 8)
  const size = new DataView(head.buffer, head.byteOffset, head.length).getUint32(4, true)
  return size !== 0xffffffff && size + 8 > sizeBytes ? endsEarly : undefined
})
