import { Effect } from "effect"
import { FileHost } from "./file-host.ts"

/** What stays free for others: a disk that is filled to the brim breaks more than a download. */
const spareBytes = 10 * 1000 ** 2

/** Why so much more cannot be written to a folder, or nothing; unknown space is no obstacle. */
export const shortOfSpace = Effect.fnUntraced(function* (
  folder: string,
  neededBytes: number
): Effect.fn.Return<string | undefined, never, FileHost> {
  const { freeBytes } = yield* FileHost
  const free = yield* freeBytes(folder)
  return free === undefined || free >= neededBytes + spareBytes
    ? undefined
    : `not enough space in ${folder}: ${megabytes(neededBytes + spareBytes)} MB are needed, ${megabytes(free)} MB are free`
})

const megabytes = (bytes: number): string => (bytes / 1000 ** 2).toFixed(bytes < 10 * 1000 ** 2 ? 1 : 0)
