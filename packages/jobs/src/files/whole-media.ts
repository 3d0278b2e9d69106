import { Effect } from "effect"

/** Reads so many bytes of a file from a place in it; fewer at its end. */
export type ReadAt<E> = (position: number, length: number) => Effect.Effect<Uint8Array, E>

/**
 * How a file shows that it was cut short, or nothing. Its container says how long its parts are; they are followed from
 * one to the next, and none is read or decoded. Kinds that say nothing of their length are taken as they are.
 */
export const cutShort = <E>(
  extension: string,
  sizeBytes: number,
  readAt: ReadAt<E>
): Effect.Effect<string | undefined, E> => {
  switch (extension) {
    case "mp4":
    case "mov":
      return boxesCut(sizeBytes, readAt)
    case "png":
      return chunksCut(sizeBytes, readAt)
    case "wav":
    case "webp":
      return riffCut(sizeBytes, readAt)
    default:
      return Effect.succeed(undefined)
  }
}

const pastEnd = "it ends in the middle"
/** A file of more parts than this is taken as it is. */
const maxParts = 100_000

/** ISO base media: the index (`moov`) and what it points into (`mdat`, `moof`) are there, and end inside the file. */
const boxesCut = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const seen = new Set<string>()
  for (let at = 0, parts = 0; at + 8 <= sizeBytes && parts < maxParts; parts++) {
    const head = yield* readAt(at, 16)
    const size = boxSize(head, sizeBytes - at)
    const type = String.fromCharCode(...head.subarray(4, 8))
    const isVital = type === "moov" || type === "mdat" || type === "moof"
    if (at + size > sizeBytes && isVital) return pastEnd
    seen.add(type)
    if (size < 8) break
    at += size
  }
  if (!seen.has("moov")) return "its index is missing"
  return seen.has("mdat") ? undefined : "it has an index and nothing else"
})

/** 0 stands for "to the end", 1 for a size of eight bytes after the type. */
const boxSize = (head: Uint8Array, rest: number): number => {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const size = view.getUint32(0)
  if (size === 1) return head.length < 16 ? rest + 1 : Number(view.getBigUint64(8))
  return size === 0 ? rest : size
}

const chunksCut = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  for (let at = 8, parts = 0; parts < maxParts; parts++) {
    if (at + 12 > sizeBytes) return pastEnd
    const head = yield* readAt(at, 8)
    if (String.fromCharCode(...head.subarray(4, 8)) === "IEND") return undefined
    at += 12 + new DataView(head.buffer, head.byteOffset, head.length).getUint32(0)
  }
  return undefined
})

/** Writers that did not know the length leave zero or all ones. */
const riffCut = Effect.fnUntraced(function* <E>(sizeBytes: number, readAt: ReadAt<E>) {
  const head = yield* readAt(0, 8)
  const size = new DataView(head.buffer, head.byteOffset, head.length).getUint32(4, true)
  return size !== 0xffffffff && size + 8 > sizeBytes ? pastEnd : undefined
})
