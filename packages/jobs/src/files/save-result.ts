import { untrustedText } from "@klingkit/core"
import { Effect, Equal, FileSystem, Path, PlatformError, Predicate, Random } from "effect"
import type { HttpClient } from "effect/http"
import { JobError, jobError } from "../job-error.ts"
import { checkResult, type ResultType } from "./check-result.ts"
import { extensions } from "./container.ts"
import { fetchToFile, type FetchProgress } from "./fetch-to-file.ts"
import { FileHost, type FolderRefused, type OpenFolder } from "./file-host.ts"
import { safeFileName } from "./file-name.ts"
import { giveName } from "./give-name.ts"
import type { Reach } from "./reach.ts"

/** A result on disk. `bytes` is its size. */
export interface SavedFile {
  readonly path: string
  /** The path as a `file:` URL. */
  readonly uri: string
  readonly url: string
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
  readonly mimeType: string
}

export interface ResultToSave {
  readonly handle: string
  readonly url: string
  readonly type: ResultType
  /** Kling's word for a `file` that may be text, such as `srt`. */
  readonly textKind?: string
  readonly http: HttpClient.HttpClient
  readonly reach: Reach
  /** Where whoever runs the program wants files; made where it is absent. */
  readonly root: string
  /** Below the root; no link is followed there. */
  readonly folders: ReadonlyArray<string>
  readonly nameFor: (extension: string) => string
  readonly overwrite: boolean
  /** The text of the `.json` beside it. */
  readonly noteOn: (file: SavedFile) => string
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/**
 * Fetches one result: streamed into a `.part` file, checked to be whole media of its kind, then given its name in one
 * step. No file of that name is overwritten unless allowed, and no half file ever carries it. The note beside it is
 * written the same way; a result without one is no failure.
 */
export const saveResult = Effect.fnUntraced(
  function* (result: ResultToSave) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const host = yield* FileHost
    const { handle, url, http, reach, overwrite, onProgress } = result
    const folder = yield* host.openFolder(result.root, result.folders)
    const shown = (name: string) => path.join(result.root, ...result.folders, name)
    const taken = (name: string) => jobError({ _tag: "FileExists", path: shown(name) })

    // The real type shows only when the bytes are here; a download for nothing is avoided all the same.
    const text = textFile(result.textKind)
    const possible = [...extensions, ...(result.type === "file" ? [text.extension] : [])]
    for (const name of overwrite ? [] : new Set(possible.map(result.nameFor))) {
      if (yield* Effect.orElseSucceed(fs.exists(folder.at(name)), () => false)) return yield* taken(name)
    }
    // A name of its own: two programs that fetch the same result do not write into one file.
    const unique = (yield* Random.nextIntBetween(0, 36 ** 6)).toString(36)
    const part = `.${safeFileName(handle)}.${unique}.part`
    const file = yield* newFile(folder, part)
    yield* expectInPlace(folder, part, file)
    const { bytes, sha256 } = yield* fetchToFile({ url, http, reach, file, folder: shown(""), onProgress })
    const what = yield* checkResult(file, bytes, result.type, text)
    if (Predicate.isString(what)) return yield* jobError({ _tag: "FetchFailed", taskId: handle, detail: what })

    yield* file.sync
    yield* expectInPlace(folder, part, file)
    const name = result.nameFor(what.extension)
    if (!(yield* giveName(folder, part, name, overwrite))) return yield* taken(name)
    const uri = yield* path.toFileUrl(shown(name)).pipe(Effect.orDie)
    const { mimeType } = what
    const saved: SavedFile = { path: shown(name), uri: uri.href, url, bytes, sha256, mimeType }
    yield* Effect.ignore(
      Effect.gen(function* () {
        const note = yield* newFile(folder, `${part}.json`)
        yield* note.writeAll(new TextEncoder().encode(result.noteOn(saved)))
        yield* giveName(folder, `${part}.json`, `${name}.json`, overwrite)
      })
    )
    yield* folder.sync
    return saved
  },
  (effect, { handle, root }) =>
    Effect.scoped(effect).pipe(
      Effect.mapError((error) => {
        if (error instanceof JobError) return error
        if (error instanceof PlatformError.PlatformError) return failed(handle, `${root}: ${whyRefused(error)}`)
        if (error._tag === "FolderRefused") return failed(handle, `${error.folder}: ${error.detail}`)
        return error.isRefused
          ? jobError({ _tag: "ResultRefused", taskId: handle, detail: error.detail })
          : failed(handle, error.detail)
      })
    )
)

const failed = (taskId: string, detail: string) => jobError({ _tag: "FetchFailed", taskId, detail })

/** Made by this call alone, and gone with its scope unless it was given a name. */
const newFile = (folder: OpenFolder, name: string) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(folder.at(name), { flag: "wx+" })
      yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(folder.at(name))))
      return file
    })
  )

/** The folder and the part in it are still those that were opened, so that what gets the name is what was written. */
const expectInPlace = Effect.fnUntraced(function* (folder: OpenFolder, name: string, file: FileSystem.File) {
  const fs = yield* FileSystem.FileSystem
  yield* folder.check
  const [opened, found] = [yield* file.stat, yield* fs.stat(folder.at(name))]
  if (opened.dev === found.dev && Equal.equals(opened.ino, found.ino)) return
  const refused: FolderRefused = { _tag: "FolderRefused", folder: name, detail: "another file was put in its place" }
  return yield* Effect.fail(refused)
})

const textFile = (kind: string | undefined) => ({
  extension: /^[a-z0-9]{1,8}$/.test(kind ?? "") ? `${kind}` : "txt",
  mimeType: "text/plain"
})

/** The system's own words name the way to the folder, which says nothing to people. */
const whyRefused = ({ reason }: PlatformError.PlatformError): string => {
  if (reason._tag === "PermissionDenied") return "no permission to write there"
  const code = Predicate.hasProperty(reason.cause, "code") ? String(reason.cause.code) : reason._tag
  return systemWords[code] ?? `the system refused it (${untrustedText(code, 40)})`
}

const systemWords: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your share of the disk is used up",
  EROFS: "nothing can be written there: it is read-only"
}
