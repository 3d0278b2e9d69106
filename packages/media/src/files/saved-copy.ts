import { Effect, FileSystem } from "effect"
import type { FileHost } from "./file-host.ts"
import { digestOf } from "./kept-file.ts"

/** A result as it was saved on this machine. */
export interface SavedCopy {
  readonly path: string
  /** In hex. */
  readonly sha256: string
}

/**
 * Copies a saved result to a path that only this program uses; returns whether its content still is what was saved. The copy
 * is what is measured, so nothing else that lies at its path by now can be taken for it.
 */
export const copySaved = (
  { path, sha256 }: SavedCopy,
  to: string
): Effect.Effect<boolean, never, FileHost | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if ((yield* fs.stat(path)).type !== "File") return false
    yield* fs.copyFile(path, to)
    return (yield* Effect.flatMap(fs.open(to, { flag: "r" }), digestOf)).sha256 === sha256
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => false)
  )

/** The content of a saved result, if it still is what was saved. */
export const readSaved = (
  saved: SavedCopy
): Effect.Effect<Uint8Array | undefined, never, FileHost | FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const copy = yield* fs.makeTempFileScoped()
    return (yield* copySaved(saved, copy)) ? yield* fs.readFile(copy) : undefined
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => undefined)
  )
