import { sanitizeText } from "@klingkit/core/internal"
import { Effect, Equal, FileSystem, Path, PlatformError, Predicate, Random, Result } from "effect"
import type { HttpClient } from "effect/http"
import { checkResult, type ResultType } from "../formats/check-result.ts"
import { extensions } from "../formats/detect-container.ts"
import { type FetchFailure, failure } from "./fetch-failure.ts"
import { fetchToFile, type FetchProgress } from "./fetch-to-file.ts"
import { FileHost, FolderDenied, type OpenFolder } from "./file-host.ts"
import { FileExists } from "./file-exists.ts"
import { safeFileName } from "./file-name.ts"
import { commitFile } from "./commit-file.ts"
import type { FetchPolicy } from "./fetch-policy.ts"

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
  /** Kling's kind of a `file` that may be text: `srt`. */
  readonly textKind?: string
  readonly http: HttpClient.HttpClient
  readonly policy: FetchPolicy
  /** The folder that the user chose; created if absent. */
  readonly root: string
  /** Folders below the root; symbolic links are not followed there. */
  readonly folders: ReadonlyArray<string>
  readonly nameFor: (extension: string) => string
  readonly overwrite: boolean
  /** The content of its `.json` sidecar. */
  readonly sidecarFor: (file: SavedFile) => string
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/**
 * Fetches one result: streams it into a `.part` file, verifies that it is complete media of its type, then renames it
 * atomically. An existing file is overwritten only if allowed, and a truncated file never gets the name. The sidecar is
 * written the same way; failing to write it is not an error.
 */
export const saveResult = Effect.fnUntraced(
  function* (result: ResultToSave) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const host = yield* FileHost
    const { handle, url, http, policy, overwrite, onProgress } = result
    const folder = yield* host.openFolder(result.root, result.folders)
    const shown = (name: string) => path.join(result.root, ...result.folders, name)
    const fileExists = (name: string) => new FileExists({ path: shown(name) })

    // The real format is known only after the download; possible names are checked first, to avoid a useless one.
    const text = textFormat(result.textKind)
    const possibleExtensions = [...extensions, ...(result.type === "file" ? [text.extension] : [])]
    for (const name of overwrite ? [] : new Set(possibleExtensions.map(result.nameFor))) {
      if (yield* Effect.orElseSucceed(fs.exists(folder.pathOf(name)), () => false)) return yield* fileExists(name)
    }
    // A unique name: two programs that fetch the same result never write into one file.
    const unique = (yield* Random.nextIntBetween(0, 36 ** 6)).toString(36)
    const part = `.${safeFileName(handle)}.${unique}.part`
    const file = yield* createFile(folder, part)
    yield* assertUnchanged(folder, part, file)
    const fetchOnce = Effect.gen(function* () {
      const { bytes, sha256 } = yield* fetchToFile({ url, http, policy, file, folder: shown(""), onProgress })
      return { bytes, sha256, checked: yield* Effect.result(checkResult(file, bytes, result.type, text)) }
    })
    // Without an announced length only the content shows that the connection was lost.
    const { bytes, sha256, checked } = yield* Effect.repeat(fetchOnce, {
      times: 1,
      while: ({ checked }) => Result.isFailure(checked) && isTransient(checked.failure)
    })
    const format = yield* Effect.fromResult(checked)

    yield* file.sync
    yield* assertUnchanged(folder, part, file)
    const name = result.nameFor(format.extension)
    if (!(yield* commitFile(folder, part, name, overwrite))) return yield* fileExists(name)
    const uri = yield* path.toFileUrl(shown(name)).pipe(Effect.orDie)
    const { mimeType } = format
    const saved: SavedFile = { path: shown(name), uri: uri.href, url, bytes, sha256, mimeType }
    yield* Effect.ignore(
      Effect.gen(function* () {
        const sidecar = yield* createFile(folder, `${part}.json`)
        yield* sidecar.writeAll(new TextEncoder().encode(result.sidecarFor(saved)))
        yield* commitFile(folder, `${part}.json`, `${name}.json`, overwrite)
      })
    )
    yield* folder.sync
    return saved
  },
  (effect, { root }) =>
    Effect.scoped(effect).pipe(
      Effect.mapError((error): FetchFailure | FileExists => {
        if (error instanceof PlatformError.PlatformError)
          return failure(`${root}: ${describeSystemError(error)}`, false)
        return error._tag === "FolderDenied" ? failure(`${error.folder}: ${error.detail}`, false) : error
      })
    )
)

const isTransient = (error: FetchFailure | PlatformError.PlatformError): boolean =>
  error._tag === "FetchFailure" && error.isTransient

/** Creates a new file, and removes it with the scope unless it was renamed. */
const createFile = (folder: OpenFolder, name: string) =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.open(folder.pathOf(name), { flag: "wx+" })
      yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(folder.pathOf(name))))
      return file
    })
  )

/** Fails unless the folder and the partial file are still those that were opened, so that what was written gets the name. */
const assertUnchanged = Effect.fnUntraced(function* (folder: OpenFolder, name: string, file: FileSystem.File) {
  const fs = yield* FileSystem.FileSystem
  yield* folder.assertUnchanged
  const [opened, current] = [yield* file.stat, yield* fs.stat(folder.pathOf(name))]
  if (opened.dev === current.dev && Equal.equals(opened.ino, current.ino)) return
  return yield* new FolderDenied({ folder: name, detail: "the partial file was replaced during the download" })
})

const textFormat = (kind: string | undefined) => ({
  extension: /^[a-z0-9]{1,8}$/.test(kind ?? "") ? `${kind}` : "txt",
  mimeType: "text/plain"
})

/** System messages name an internal path (`/proc/self/fd/...`), which means nothing to users. */
const describeSystemError = ({ reason }: PlatformError.PlatformError): string => {
  if (reason._tag === "PermissionDenied") return "no permission to write there"
  const code = Predicate.hasProperty(reason.cause, "code") ? String(reason.cause.code) : reason._tag
  return systemErrorTexts[code] ?? `the system denied access (${sanitizeText(code, 40)})`
}

const systemErrorTexts: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is exceeded",
  EROFS: "the file system is read-only"
}
