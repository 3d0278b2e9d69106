import { bareBase64, invalidInput, type KlingError, untrustedText } from "@klingkit/core"
import { Effect, FileSystem, Option, Path, type Scope, Stream } from "effect"
import { expandHome, type JobsConfig } from "../config.ts"
import { jobError, type JobError } from "../job-error.ts"

/** What a person or a program gives for a picture, a clip or a sound: a URL, a path, base64 text, bytes, or a stream of bytes. */
export type MediaSource = string | Uint8Array | AsyncIterable<Uint8Array> | Stream.Stream<Uint8Array, unknown>

/** Where the bytes are. A file stays open as long as its scope; nothing of it has been read. */
export type FoundMedia =
  | { readonly at: "url"; readonly url: string }
  | { readonly at: "text"; readonly base64: string }
  | { readonly at: "bytes"; readonly bytes: Uint8Array }
  | { readonly at: "stream"; readonly stream: Stream.Stream<Uint8Array, unknown> }
  | { readonly at: "file"; readonly name: string; readonly file: FileSystem.File; readonly sizeBytes: number }

/** Tells what a source is, and opens it when it is a file (a path, `~`, `file://`) in a folder that may be read from. */
export const findMedia = Effect.fnUntraced(function* (
  field: string,
  source: MediaSource,
  config: JobsConfig
): Effect.fn.Return<FoundMedia, KlingError | JobError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  if (source instanceof Uint8Array) return { at: "bytes", bytes: source }
  if (typeof source !== "string") {
    const stream = Stream.isStream(source) ? source : Stream.fromAsyncIterable(source, (cause) => cause)
    return { at: "stream", stream }
  }
  const value = source.trim()
  if (value === "") return yield* invalidInput([{ field, message: "is empty" }])
  if (/^https?:\/\//i.test(value)) return { at: "url", url: value }
  if (/^data:/i.test(value)) return { at: "text", base64: bareBase64(value) }
  return yield* findFile(field, value, config)
})

const findFile = Effect.fnUntraced(function* (field: string, value: string, config: JobsConfig) {
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const unreadable = () => notReadable(field, value)
  const named = value.startsWith("file://")
    ? yield* Effect.try({ try: () => new URL(value), catch: unreadable }).pipe(
        Effect.flatMap((url) => Effect.mapError(path.fromFileUrl(url), unreadable))
      )
    : path.resolve(expandHome(value, config.homeDir))
  const real = yield* Effect.option(fs.realPath(named))
  if (Option.isNone(real)) {
    // Base64 looks like a long word; a short one is far more likely a mistyped path.
    if (value.length > 400 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(value)) {
      return { at: "text", base64: bareBase64(value) } as const
    }
    return yield* unreadable()
  }
  if (config.inputDirs !== "anywhere" && !(yield* isInside(real.value, [config.outputDir, ...config.inputDirs]))) {
    const detail = "is outside the folders that files may be read from"
    return yield* jobError({ _tag: "FileRefused", path: value, detail })
  }
  const info = yield* Effect.mapError(fs.stat(real.value), unreadable)
  if (info.type !== "File") return yield* invalidInput([{ field, message: `${shown(value)} is not a file` }])
  // A link put in its place since is not followed, where the system can be told so.
  const file = yield* Effect.mapError(fs.open(real.value, path.sep === "/" ? { noFollow: true } : {}), unreadable)
  return { at: "file", name: path.basename(named), file, sizeBytes: Number(info.size) } as const
})

/** True when a real path lies in one of the folders, symbolic links resolved on both sides. */
const isInside = Effect.fnUntraced(function* (realPath: string, folders: ReadonlyArray<string>) {
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  for (const folder of folders) {
    const root = yield* Effect.option(fs.realPath(folder))
    if (Option.isNone(root)) continue
    const relative = path.relative(root.value, realPath)
    if (relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative))) return true
  }
  return false
})

const shown = (value: string): string => untrustedText(value, 120)

const notReadable = (field: string, value: string): KlingError =>
  invalidInput([{ field, message: `${shown(value)} is neither a URL nor a readable file` }])
