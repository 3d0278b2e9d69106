import { untrustedText } from "@klingkit/core"
import { Effect, FileSystem, Path, type PlatformError, Random } from "effect"
import type { HttpClient } from "effect/http"
import { jobError, type JobError } from "../job-error.ts"
import { extensions, isPlainText, readContainer } from "./container.ts"
import { type FetchProgress, fetchToFile } from "./fetch-to-file.ts"
import { resultFileName } from "./file-name.ts"

/** A result on disk. `bytes` is its size. */
export interface SavedFile {
  readonly path: string
  /** The path as a `file:` URL. */
  readonly uri: string
  readonly url: string
  readonly bytes: number
  readonly mimeType: string
}

export interface ResultToSave {
  readonly handle: string
  readonly url: string
  readonly index: number
  readonly count: number
  readonly folder: string
  /** Kling's word for a result that may be text, such as `srt`; others have to be media. */
  readonly textKind?: string
  /** A name of the caller's own; otherwise the handle is the name. */
  readonly fileName?: string
  readonly overwrite: boolean
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/**
 * Fetches one result: streamed into a `.part` file, checked to be media of the promised size, then given its name in
 * one step. No file of that name is overwritten unless allowed, and no half file ever carries it.
 */
export const saveResult = Effect.fnUntraced(function* (
  result: ResultToSave
): Effect.fn.Return<SavedFile, JobError, HttpClient.HttpClient | FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const failed = (detail: string) => jobError({ _tag: "FetchFailed", taskId: result.handle, detail })
  const refused = (file: string) => (error: PlatformError.PlatformError) => failed(`${file}: ${whyRefused(error)}`)
  const nameFor = (extension: string) =>
    path.join(result.folder, result.fileName ?? resultFileName(result.handle, result.index, result.count, extension))

  // The real type shows only when the bytes are here; a download for nothing is avoided all the same.
  const text = result.textKind === undefined ? [] : [textFile(result.textKind)]
  const possible = [...extensions, ...text.map((one) => one.extension)]
  if (!result.overwrite) yield* Effect.forEach([...new Set(possible.map(nameFor))], checkFree)
  yield* fs.makeDirectory(result.folder, { recursive: true }).pipe(Effect.mapError(refused(result.folder)))
  // A name of its own: two programs that fetch the same result do not write into one file.
  const unique = (yield* Random.nextIntBetween(0, 36 ** 6)).toString(36)
  const part = path.join(
    result.folder,
    `.${resultFileName(result.handle, result.index, result.count, `${unique}.part`)}`
  )

  return yield* Effect.gen(function* () {
    const bytes = yield* fetchToFile(result.url, part, result.onProgress).pipe(
      Effect.mapError((error) => (error._tag === "FetchFailure" ? failed(error.detail) : refused(result.folder)(error)))
    )
    const head = yield* readHead(fs, part).pipe(Effect.mapError(refused(part)))
    const container = readContainer(head) ?? (isPlainText(head) ? text[0] : undefined)
    if (container === undefined) return yield* failed("what came is no video, picture or sound")
    const target = nameFor(container.extension)
    yield* giveName(part, target, result.overwrite).pipe(
      Effect.mapError((error) => (error._tag === "JobError" ? error : refused(target)(error)))
    )
    const uri = yield* path.toFileUrl(target).pipe(Effect.orDie)
    return { path: target, uri: uri.href, url: result.url, bytes, mimeType: container.mimeType }
  }).pipe(Effect.ensuring(Effect.ignore(fs.remove(part))))
})

const textFile = (kind: string) => ({
  extension: /^[a-z0-9]{1,8}$/.test(kind) ? kind : "txt",
  mimeType: "text/plain"
})

const whyRefused = ({ reason }: PlatformError.PlatformError): string =>
  reason._tag === "PermissionDenied"
    ? "no permission to write there"
    : reason._tag === "AlreadyExists"
      ? "a file is in the way of the folder"
      : untrustedText(reason.message)

const checkFree = Effect.fnUntraced(function* (target: string) {
  const fs = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(fs.exists(target), () => false)) {
    return yield* jobError({ _tag: "FileExists", path: target })
  }
})

/** A hard link fails where the name is taken, so nothing is overwritten even if two programs race. */
const giveName = Effect.fnUntraced(function* (part: string, target: string, overwrite: boolean) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.scoped(Effect.flatMap(fs.open(part, { flag: "r+" }), (file) => file.sync))
  if (overwrite) return yield* fs.rename(part, target)
  yield* fs.link(part, target).pipe(
    Effect.catch((error) =>
      error.reason._tag === "AlreadyExists"
        ? jobError({ _tag: "FileExists", path: target })
        : // A file system without hard links: the check and the rename are then two steps.
          Effect.andThen(checkFree(target), fs.rename(part, target))
    )
  )
})

const readHead = (fs: FileSystem.FileSystem, file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const buffer = new Uint8Array(64)
      const open = yield* fs.open(file, { flag: "r" })
      const bytes = yield* open.read(buffer)
      return buffer.subarray(0, bytes)
    })
  )
