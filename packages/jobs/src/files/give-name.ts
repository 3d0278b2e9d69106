import { Effect, FileSystem, type PlatformError } from "effect"
import type { OpenFolder } from "./file-host.ts"

/**
 * Gives a part its name in one step; false when the name is taken. A hard link fails where there is a file already, so
 * nothing is overwritten even if two programs race; overwriting takes the old file's place and writes into none.
 */
export const giveName = Effect.fnUntraced(function* (
  folder: OpenFolder,
  part: string,
  name: string,
  overwrite: boolean
): Effect.fn.Return<boolean, PlatformError.PlatformError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const rename = Effect.as(fs.rename(folder.at(part), folder.at(name)), true)
  if (overwrite) return yield* rename
  return yield* Effect.as(fs.link(folder.at(part), folder.at(name)), true).pipe(
    Effect.catch((error) =>
      error.reason._tag === "AlreadyExists"
        ? Effect.succeed(false)
        : // A file system without hard links: the look and the rename are then two steps.
          Effect.flatMap(fs.exists(folder.at(name)), (isTaken) => (isTaken ? Effect.succeed(false) : rename))
    )
  )
})
