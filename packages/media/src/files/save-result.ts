import { sanitizeText } from "@klingkit/core/internal"
import { Effect, Equal, FileSystem, Path, PlatformError, Predicate, Result } from "effect"
import type { HttpClient } from "effect/http"
import { checkResult, type ResultType } from "../formats/check-result.ts"
import { extensions } from "../formats/detect-container.ts"
import { type FetchFailure, failure } from "./fetch-failure.ts"
import { fetchToFile, type FetchProgress, type ReceivedBytes } from "./fetch-to-file.ts"
import { FileHost, FolderDenied, type OpenFolder } from "./file-host.ts"
import { FileExists } from "./file-exists.ts"
import { type KeptFile, keptFile, type RecordedFile } from "./kept-file.ts"
import { textExtensions } from "./name-problem.ts"
import { createFile, openPart } from "./open-part.ts"
import { leftParts, removeParts } from "./left-parts.ts"
import { linkOf } from "./part-state.ts"
import { partialFiles, partialName } from "./partial-files.ts"
import type { StoredLink } from "../store/media-store.ts"
import { commitFile } from "./commit-file.ts"
import type { FetchPolicy } from "./fetch-policy.ts"

/** A result as it was saved. `bytes` is its size. */
export interface SavedFile {
  /** On this machine; in a media store `s3://bucket/key`. */
  readonly path: string
  /** The path as a `file:` URL; in a media store its link. */
  readonly uri: string
  readonly url: string
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
  readonly mimeType: string
  /** It was there already, with the recorded content, and was not fetched again. */
  readonly isKept?: boolean
  /** In a media store: where it can be read, and until when. */
  readonly link?: StoredLink
}

export interface ResultToSave {
  readonly handle: string
  /** Which of the task's results it is. */
  readonly index: number
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
  /** What was saved of this task before. A file that still has its recorded content is kept. */
  readonly recorded: ReadonlyArray<RecordedFile>
  readonly overwrite: boolean
  /** The content of its `.json` sidecar. */
  readonly sidecarFor: (file: SavedFile) => string
  readonly onProgress: (progress: FetchProgress) => Effect.Effect<void>
}

/**
 * Fetches one result: streams it into a `.part` file, verifies that it is complete media of its type, then renames it
 * atomically. A file that this result was saved as before is the answer; any other is overwritten only if allowed, and a
 * truncated file never gets the name. The sidecar is written the same way; failing to write it is not an error.
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

    const text = textFormat(result.textKind)
    const savedAs = Effect.fnUntraced(function* (name: string, facts: KeptFile) {
      const uri = yield* path.toFileUrl(shown(name)).pipe(Effect.orDie)
      return { path: shown(name), uri: uri.href, url, ...facts } satisfies SavedFile
    })

    const writeSidecar = (part: string, name: string, saved: SavedFile, overwrites: boolean) =>
      Effect.ignore(
        Effect.gen(function* () {
          const sidecar = yield* createFile(folder, `${part}.json`)
          yield* sidecar.writeAll(new TextEncoder().encode(result.sidecarFor(saved)))
          yield* commitFile(folder, `${part}.json`, `${name}.json`, overwrites)
        })
      )

    const key = { index: result.index, link: linkOf(url) }
    const parts = yield* partialFiles(folder, handle)
    const provenance = { handle, recorded: result.recorded, type: result.type, text, parts }
    // The real format is known only after the download; possible names are checked first, to avoid a useless one.
    for (const name of possibleNames(result)) {
      if (!(yield* Effect.orElseSucceed(fs.exists(folder.pathOf(name)), () => false))) continue
      const kept = yield* keptFile(folder, name, shown(name), provenance)
      if (kept === undefined && overwrite) continue
      if (kept === undefined) return yield* fileExists(name)
      const saved: SavedFile = { ...(yield* savedAs(name, kept)), isKept: true }
      yield* writeSidecar(yield* partialName(handle), name, saved, false)
      yield* removeParts(folder, yield* leftParts(folder, parts, key.index))
      return saved
    }
    const opened = yield* openPart(folder, handle, key, parts)
    const { name: part, file } = opened
    yield* assertUnchanged(folder, part, file)
    const fetchOnce = Effect.fnUntraced(function* (received?: ReceivedBytes) {
      const { bytes, sha256 } = yield* fetchToFile({
        url,
        http,
        policy,
        file,
        folder: shown(""),
        received,
        onVersion: opened.onVersion,
        onProgress: (progress) => {
          opened.onBytes(progress.receivedBytes)
          return onProgress(progress)
        }
      }).pipe(opened.fetching)
      return { bytes, sha256, checked: yield* Effect.result(checkResult(file, bytes, result.type, text)) }
    })
    const first = yield* fetchOnce(opened.received)
    // Without an announced length only the content shows that the connection was lost, or that the start was of another file.
    const isSuspect =
      opened.received !== undefined || (Result.isFailure(first.checked) && isTransient(first.checked.failure))
    const { bytes, sha256, checked } = Result.isFailure(first.checked) && isSuspect ? yield* fetchOnce() : first
    const format = yield* Effect.fromResult(checked)

    yield* file.sync
    yield* assertUnchanged(folder, part, file)
    const name = result.nameFor(format.extension)
    const saved: SavedFile = yield* savedAs(name, { bytes, sha256, mimeType: format.mimeType })
    if (!(yield* commitFile(folder, part, name, overwrite))) {
      // Another program has saved it meanwhile: the same content is the same result.
      const recorded = [{ path: shown(name), sha256 }]
      const same = yield* keptFile(folder, name, shown(name), { ...provenance, recorded, parts: [] })
      return same?.sha256 === sha256 ? { ...saved, isKept: true } : yield* fileExists(name)
    }
    yield* writeSidecar(part, name, saved, overwrite)
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

/** The names that a result may get, by its format. */
export const possibleNames = ({ type, textKind, nameFor }: ResultToSave): ReadonlySet<string> =>
  new Set([...extensions, ...(type === "file" ? [textFormat(textKind).extension] : [])].map(nameFor))

const isTransient = (error: FetchFailure | PlatformError.PlatformError): boolean =>
  error._tag === "FetchFailure" && error.isTransient

/** Fails unless the folder and the partial file are still those that were opened, so that what was written gets the name. */
const assertUnchanged = Effect.fnUntraced(function* (folder: OpenFolder, name: string, file: FileSystem.File) {
  const fs = yield* FileSystem.FileSystem
  yield* folder.assertUnchanged
  const [opened, current] = [yield* file.stat, yield* fs.stat(folder.pathOf(name))]
  if (opened.dev === current.dev && Equal.equals(opened.ino, current.ino)) return
  return yield* new FolderDenied({ folder: name, detail: "the partial file was replaced during the download" })
})

const textFormat = (kind: string | undefined) => ({
  extension: kind !== undefined && textExtensions.includes(kind) ? kind : "txt",
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
