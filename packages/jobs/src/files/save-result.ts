import { Effect, FileSystem, Path } from "effect"
import type { HttpClient } from "effect/http"
import { jobError, type JobError } from "../job-error.ts"
import { readContainer } from "./container.ts"
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
  const refused = (file: string) => (error: { readonly message: string }) =>
    jobError({ _tag: "FileRefused", path: file, detail: error.message })

  if (result.fileName !== undefined) yield* checkFree(path.join(result.folder, result.fileName), result.overwrite)
  yield* fs.makeDirectory(result.folder, { recursive: true }).pipe(Effect.mapError(refused(result.folder)))
  const part = path.join(result.folder, `.${resultFileName(result.handle, result.index, result.count, "part")}`)

  const bytes = yield* fetchToFile(result.url, part, result.onProgress).pipe(
    Effect.mapError((failure) => failed(failure.detail)),
    Effect.onError(() => Effect.ignore(fs.remove(part)))
  )
  const container = readContainer(yield* readHead(fs, part).pipe(Effect.mapError(refused(part))))
  if (container === undefined) {
    yield* Effect.ignore(fs.remove(part))
    return yield* failed("what came is no video, picture or sound")
  }
  const name = result.fileName ?? resultFileName(result.handle, result.index, result.count, container.extension)
  const target = path.join(result.folder, name)
  yield* giveName(part, target, result.overwrite)
  const uri = yield* path.toFileUrl(target).pipe(Effect.mapError(refused(target)))
  return { path: target, uri: uri.href, url: result.url, bytes, mimeType: container.mimeType }
})

const checkFree = Effect.fnUntraced(function* (target: string, overwrite: boolean) {
  const fs = yield* FileSystem.FileSystem
  const exists = yield* Effect.orElseSucceed(fs.exists(target), () => false)
  if (exists && !overwrite) return yield* jobError({ _tag: "FileExists", path: target })
})

/** A hard link fails where the name is taken, so nothing is overwritten even if two programs race. */
const giveName = Effect.fnUntraced(function* (part: string, target: string, overwrite: boolean) {
  const fs = yield* FileSystem.FileSystem
  const refused = (error: { readonly message: string }) =>
    jobError({ _tag: "FileRefused", path: target, detail: error.message })
  yield* Effect.scoped(Effect.flatMap(fs.open(part, { flag: "r+" }), (file) => file.sync)).pipe(
    Effect.mapError(refused)
  )
  if (overwrite) return yield* fs.rename(part, target).pipe(Effect.mapError(refused))
  yield* fs.link(part, target).pipe(
    Effect.andThen(fs.remove(part)),
    Effect.catch((error) =>
      error.reason._tag === "AlreadyExists"
        ? Effect.ignore(fs.remove(part)).pipe(Effect.andThen(jobError({ _tag: "FileExists", path: target })))
        : // A file system without hard links: the check and the rename are then two steps.
          checkFree(target, overwrite).pipe(
            Effect.andThen(fs.rename(part, target)),
            Effect.mapError((cause) => (cause._tag === "JobError" ? cause : refused(cause)))
          )
    ),
    Effect.mapError((error) => (error._tag === "JobError" ? error : refused(error)))
  )
})

const readHead = (fs: FileSystem.FileSystem, file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const buffer = new Uint8Array(16)
      const open = yield* fs.open(file, { flag: "r" })
      yield* open.read(buffer)
      return buffer
    })
  )
