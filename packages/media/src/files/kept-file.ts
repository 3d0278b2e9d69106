import { parseJson } from "@klingkit/core/internal"
import { Effect, FileSystem, Option, type PlatformError, Predicate, Result } from "effect"
import { checkResult, type ResultType } from "../formats/check-result.ts"
import { FileHost, type OpenFolder } from "./file-host.ts"

/** A file that was saved before, as it was recorded. */
export interface RecordedFile {
  readonly path: string
  /** In hex. */
  readonly sha256?: string
}

/** What says that a file is a result of this task: a record of its path, its sidecar, or a partial file of it. */
export interface Provenance {
  readonly handle: string
  readonly recorded: ReadonlyArray<RecordedFile>
  readonly type: ResultType
  readonly text: { readonly extension: string; readonly mimeType: string }
  /** Names of partial files of this task that other programs have left. */
  readonly parts: ReadonlyArray<string>
}

export interface KeptFile {
  readonly bytes: number
  readonly sha256: string
  readonly mimeType: string
}

/**
 * The file under this name if it is the result that was saved there before: its content has the recorded digest. Undefined for
 * every other file, which is in the way.
 */
export const keptFile = Effect.fnUntraced(function* (
  folder: OpenFolder,
  name: string,
  path: string,
  { handle, recorded, type, text, parts }: Provenance
): Effect.fn.Return<KeptFile | undefined, never, FileHost | FileSystem.FileSystem> {
  const digests = [
    ...recorded.flatMap((file) => (file.path === path && file.sha256 !== undefined ? [file.sha256] : [])),
    ...(yield* sidecarDigest(folder, name, handle))
  ]
  const linked = yield* Effect.filter(parts, (part) => isSameFile(folder, name, part))
  const isLinked = linked.length > 0
  if (digests.length === 0 && !isLinked) return undefined
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(folder.pathOf(name), { flag: "r" })
      const { bytes, sha256 } = yield* digestOf(file)
      if (!isLinked && !digests.includes(sha256)) return undefined
      const format = yield* Effect.result(checkResult(file, bytes, type, text))
      return Result.isSuccess(format) ? { bytes, sha256, mimeType: format.success.mimeType } : undefined
    })
  ).pipe(Effect.orElseSucceed(() => undefined))
})

/** The digest that the sidecar of a file records, if it is of this task. */
const sidecarDigest = Effect.fnUntraced(function* (folder: OpenFolder, name: string, handle: string) {
  const fs = yield* FileSystem.FileSystem
  const read = Effect.flatMap(fs.readFileString(folder.pathOf(`${name}.json`)), (text) =>
    Effect.try(() => parseJson(text))
  )
  const content = Option.getOrUndefined(yield* Effect.option(read))
  if (!Predicate.hasProperty(content, "handle") || content.handle !== handle) return []
  if (!Predicate.hasProperty(content, "file") || !Predicate.hasProperty(content.file, "sha256")) return []
  return Predicate.isString(content.file.sha256) ? [content.file.sha256] : []
})

const isSameFile = Effect.fnUntraced(function* (folder: OpenFolder, name: string, part: string) {
  const fs = yield* FileSystem.FileSystem
  const infoOf = (one: string) => Effect.option(fs.stat(folder.pathOf(one)))
  const [file, other] = [yield* infoOf(name), yield* infoOf(part)]
  if (Option.isNone(file) || Option.isNone(other)) return false
  const inode = file.value.ino
  return Option.isSome(inode) && Option.contains(other.value.ino, inode.value) && file.value.dev === other.value.dev
})

const chunkBytes = 1_000_000

/** The size of a file, and its digest in hex. */
export const digestOf = Effect.fnUntraced(function* (
  file: FileSystem.File
): Effect.fn.Return<{ readonly bytes: number; readonly sha256: string }, PlatformError.PlatformError, FileHost> {
  const host = yield* FileHost
  const sha256 = yield* host.sha256
  const buffer = new Uint8Array(chunkBytes)
  let bytes = 0
  for (let read = -1; read !== 0; bytes += read) {
    read = yield* file.read(buffer, { position: BigInt(bytes) })
    sha256.update(buffer.subarray(0, read))
  }
  return { bytes, sha256: sha256.digest() }
})
