import { Effect } from "effect"
import { endsEarly, maxParts, type ReadAt } from "./read-at.ts"

/**
 * ISO base media: the index (`moov` of a video, `meta` of an image) and the data it points into (`mdat`, `moof`) exist and
 * end within the file.
 */
export const isoTruncation = Effect.fnUntraced(function* <E>(
  index: "moov" | "meta",
  sizeBytes: number,
  readAt: ReadAt<E>
) {
  const seen = new Set<string>()
  for (let offset = 0, parts = 0; offset + 8 <= sizeBytes && parts < maxParts; parts++) {
    const head = yield* readAt(offset, 16)
    const size = boxSize(head, sizeBytes - offset)
    const type = String.fromCharCode(...head.subarray(4, 8))
    const isEssential = type === index || type === "mdat" || type === "moof"
    if (offset + size > sizeBytes && isEssential) return endsEarly
    seen.add(type)
    if (size < 8) break
    offset += size
  }
  if (!seen.has(index)) return "its index is missing"
  return seen.has("mdat") ? undefined : "it has an index but no media data"
})

/** 0 means "to the end of the file", 1 means that a 64-bit size follows the type. */
const boxSize = (head: Uint8Array, rest: number): number => {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const size = view.getUint32(0)
  if (size === 1) return head.length < 16 ? rest + 1 : Number(view.getBigUint64(8))
  return size === 0 ? rest : size
}
