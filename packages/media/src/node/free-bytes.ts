import { Effect } from "effect"
import { statfs } from "node:fs/promises"
import { dirname } from "node:path"

/** Free space for this user in a folder, or in its nearest existing parent. */
export const freeBytes = (folder: string): Effect.Effect<number | undefined> =>
  Effect.promise(() => freeBytesIn(folder))

const freeBytesIn = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize, blocks } = await statfs(folder)
    // Some file systems report only zeros.
    return blocks === 0 ? undefined : bavail * bsize
  } catch (error) {
    const parent = dirname(folder)
    return (error as NodeJS.ErrnoException).code === "ENOENT" && parent !== folder ? freeBytesIn(parent) : undefined
  }
}
