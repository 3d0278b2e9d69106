import { Effect, FileSystem } from "effect"
import type { ReceivedBytes } from "./fetch-to-file.ts"
import { FileHost, type OpenFolder } from "./file-host.ts"
import { canContinue } from "./file-version.ts"
import { type PartState, readState, type ResultPart, stateName } from "./part-state.ts"

/** A partial file that no process writes any more. */
export interface LeftPart {
  readonly name: string
  readonly state: PartState
}

/** Of these files, the partial ones of a result that were left in order, or whose process has ended. */
export const leftParts = Effect.fnUntraced(function* (
  folder: OpenFolder,
  names: ReadonlyArray<string>,
  index: number
): Effect.fn.Return<ReadonlyArray<LeftPart>, never, FileHost> {
  const { hasEnded } = yield* FileHost
  const parts = yield* Effect.forEach(
    names.filter((name) => name.endsWith(".part")),
    (name) => Effect.map(readState(folder, name), (state) => (state === undefined ? [] : [{ name, state }]))
  )
  return yield* Effect.filter(
    parts.flat().filter(({ state }) => state.index === index),
    ({ state }) => (state.leftBytes === undefined ? hasEnded(state.process) : Effect.succeed(true))
  )
})

/**
 * Copies the longest part that can be continued into `own`, so that what another process might still write has no effect.
 * Without an ETag, only the same link can give the same bytes.
 */
export const takeOver = Effect.fnUntraced(function* (
  folder: OpenFolder,
  parts: ReadonlyArray<LeftPart>,
  own: FileSystem.File,
  { link }: ResultPart
): Effect.fn.Return<ReceivedBytes | undefined, never, FileHost> {
  const copies = parts
    .filter(({ state }) => state.version.etag !== undefined || state.link === link)
    .map((part) => copy(folder, part, own))
  for (const one of copies) {
    const received = yield* Effect.orElseSucceed(one, () => undefined)
    if (received !== undefined) return received
  }
  return undefined
})

/** Removes partial files with what lies beside them. */
export const removeParts = Effect.fnUntraced(function* (folder: OpenFolder, parts: ReadonlyArray<LeftPart>) {
  const fs = yield* FileSystem.FileSystem
  for (const { name } of parts) {
    for (const one of [name, stateName(name)]) yield* Effect.ignore(fs.remove(folder.pathOf(one)))
  }
})

const chunkBytes = 1_000_000

const copy = (folder: OpenFolder, { name, state }: LeftPart, own: FileSystem.File) =>
  Effect.scoped(
    Effect.gen(function* () {
      const host = yield* FileHost
      const part = yield* host.openFile(folder.pathOf(name))
      const length = Math.min(part.sizeBytes, state.leftBytes ?? part.sizeBytes)
      if (!canContinue(state.version, length)) return undefined
      const sha256 = yield* host.sha256
      const buffer = new Uint8Array(chunkBytes)
      yield* own.truncate(0)
      yield* own.seek(0n, "start")
      let bytes = 0
      while (bytes < length) {
        const count = yield* part.read(buffer.subarray(0, length - bytes), bytes)
        if (count === 0) return undefined
        const chunk = buffer.subarray(0, count)
        yield* own.writeAll(chunk)
        sha256.update(chunk)
        bytes += count
      }
      return { version: state.version, bytes, sha256 }
    })
  )
