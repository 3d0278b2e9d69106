import { Effect, FileSystem, type PlatformError } from "effect"
import type { OpenFolder } from "./file-host.ts"

/**
 * Gives a partial file its final name in one step; false if the name is taken. A hard link fails if a file exists, so
 * nothing is overwritten even if two programs race; `overwrite` replaces the old file and never writes into it.
 */
export const commitFile = Effect.fnUntraced(function* (
  folder: OpenFolder,
  part: string,
  name: string,
  overwrite: boolean
): Effect.fn.Return<boolean, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const rename = Effect.as(fs.rename(folder.pathOf(part), folder.pathOf(name)), true)
  if (overwrite) return yield* rename
  return yield* Effect.as(fs.link(folder.pathOf(part), folder.pathOf(name)), true).pipe(
    Effect.catch((error) =>
      error.reason._tag === "AlreadyExists"
        ? Effect.succeed(false)
        : // A file system without hard links: checking and renaming are two steps there.
          Effect.flatMap(fs.exists(folder.pathOf(name)), (isTaken) => (isTaken ? Effect.succeed(false) : rename))
    )
  )
})
