import { Effect } from "effect"
import { statfs } from "node:fs/promises"
import { dirname } from "node:path"

/** What this user may still write to a folder, or to the nearest one above that exists. */
export const freeBytes = (folder: string): Effect.Effect<number | undefined> => Effect.promise(() => freeIn(folder))

const freeIn = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize, blocks } = await statfs(folder)
    // Some file systems answer with nothing but zeros.
    return blocks === 0 ? undefined : bavail * bsize
  } catch (error) {
    const above = dirname(folder)
    return (error as NodeJS.ErrnoException).code === "ENOENT" && above !== folder ? freeIn(above) : undefined
  }
}
