import { bareBase64, invalidInput, type KlingError, untrustedText } from "@klingkit/core"
import { Effect, FileSystem, Option, Path, type Scope, Stream } from "effect"
import type { JobsConfig } from "../config.ts"
import type { JobError } from "../job-error.ts"
import { findLocalFile, notReadable } from "./local-file.ts"

/** What a person or a program gives for a picture, a clip or a sound: a URL, a path, base64 text, bytes, or a stream of bytes. */
export type MediaSource = string | Uint8Array | AsyncIterable<Uint8Array> | Stream.Stream<Uint8Array, unknown>

/** Where the bytes are. A file stays open as long as its scope; nothing of it has been read. */
export type FoundMedia =
  | { readonly at: "url"; readonly url: string }
  | { readonly at: "text"; readonly base64: string }
  | { readonly at: "bytes"; readonly bytes: Uint8Array }
  | { readonly at: "stream"; readonly stream: Stream.Stream<Uint8Array, unknown> }
  | { readonly at: "file"; readonly name: string; readonly file: FileSystem.File; readonly sizeBytes: number }

export interface MediaConfig extends JobsConfig {
  /** Kling is an emulator on this machine, which can fetch from it. */
  readonly klingIsLocal?: boolean
}

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
  // Base64 looks like a long word; a short one is far more likely a mistyped path.
  if (value.length > 400 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(value)) {
    return { at: "text", base64: bareBase64(value) } as const
  }
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const unreadable = () => notReadable(field, value, config)
  const found = yield* findLocalFile(field, value, config)
  if (Option.isNone(found)) return yield* unreadable()
  const { realPath, name } = found.value
  const info = yield* Effect.mapError(fs.stat(realPath), unreadable)
  if (info.type !== "File") {
    return yield* invalidInput([{ field, message: `${untrustedText(value, 120)} is not a file` }])
  }
  // A link put in its place since is not followed, where the system can be told so.
  const file = yield* Effect.mapError(fs.open(realPath, path.sep === "/" ? { noFollow: true } : {}), unreadable)
  return { at: "file", name, file, sizeBytes: Number(info.size) } as const
})
