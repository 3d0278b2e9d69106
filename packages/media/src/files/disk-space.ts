import { Effect } from "effect"
import { FileHost } from "./file-host.ts"

/** Left free for other programs: a full disk breaks more than a download. */
const headroomBytes = 10 * 1000 ** 2

/** Why `neededBytes` do not fit into a folder, or undefined. If free space cannot be determined, it passes. */
export const checkDiskSpace = Effect.fnUntraced(function* (
  folder: string,
  neededBytes: number
): Effect.fn.Return<string | undefined, never, FileHost> {
  const { freeBytes } = yield* FileHost
  const free = yield* freeBytes(folder)
  return free === undefined || free >= neededBytes + headroomBytes
    ? undefined
    : `not enough space in ${folder}: ${megabytes(neededBytes + headroomBytes)} MB needed, ${megabytes(free)} MB free`
})

const megabytes = (bytes: number): string => (bytes / 1000 ** 2).toFixed(bytes < 10 * 1000 ** 2 ? 1 : 0)
