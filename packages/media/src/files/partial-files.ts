import { Effect, FileSystem, Option, Random } from "effect"
import type { OpenFolder } from "./file-host.ts"
import { safeFileName } from "./file-name.ts"

/** A download that has written nothing for so long is dead: a living one fails after a shorter silence. */
const deadMillis = 15 * 60_000

const prefixOf = (handle: string): string => `.${safeFileName(handle)}.`

/** A unique name: two programs that fetch the same result never write into one file. */
export const partialName = (handle: string): Effect.Effect<string> =>
  Effect.map(Random.nextIntBetween(0, 36 ** 6), (unique) => `${prefixOf(handle)}${unique.toString(36)}.part`)

/** The partial files of a task in a folder, of living programs too. */
export const partialFiles = Effect.fnUntraced(function* (folder: OpenFolder, handle: string) {
  const fs = yield* FileSystem.FileSystem
  const names = yield* Effect.orElseSucceed(fs.readDirectory(folder.pathOf("")), () => [])
  return names.filter(
    (name) =>
      name.startsWith(prefixOf(handle)) &&
      /^[a-z0-9]+\.part(\.json|\.state)?$/.test(name.slice(prefixOf(handle).length))
  )
})

/** Removes what dead programs have left of this task, by the clock of the disk: `own` was written just now. */
export const removeDeadParts = Effect.fnUntraced(function* (
  folder: OpenFolder,
  parts: ReadonlyArray<string>,
  own: FileSystem.File
) {
  const fs = yield* FileSystem.FileSystem
  const { mtime } = yield* own.stat
  const now = Option.getOrUndefined(mtime)?.getTime()
  if (now === undefined) return
  for (const part of parts) {
    const info = yield* Effect.option(fs.stat(folder.pathOf(part)))
    const writtenAt = Option.getOrUndefined(Option.flatMap(info, (one) => one.mtime))?.getTime() ?? now
    if (now - writtenAt > deadMillis) yield* Effect.ignore(fs.remove(folder.pathOf(part)))
  }
})
