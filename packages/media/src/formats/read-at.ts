import { Effect } from "effect"

/** Reads `length` bytes of a file from a position; fewer at its end. */
export type ReadAt<E> = (position: number, length: number) => Effect.Effect<Uint8Array, E>

export const endsEarly = "it ends early"

/** A file with more parts than this passes unchecked. */
export const maxParts = 100_000

export const windowBytes = 64 * 1024

/** Serves small reads, each near the last one, from one larger read. */
export const inWindows = <E>(readAt: ReadAt<E>): ReadAt<E> => {
  let start = 0
  let window = new Uint8Array()
  return Effect.fnUntraced(function* (position, length) {
    if (position < start || position + length > start + window.length) {
      window = Uint8Array.from(yield* readAt(position, Math.max(length, windowBytes)))
      start = position
    }
    return window.subarray(position - start, position - start + length)
  })
}
