import type { KlingError } from "@klingkit/core"
import { bareBase64, invalidInput, sanitizeText } from "@klingkit/core/internal"
import { Effect, FileSystem, Option, type Path, type Scope, Stream } from "effect"
import type { FileHost, OpenFile } from "../files/file-host.ts"
import type { FileDenied } from "./file-denied.ts"
import { findLocalFile, type MediaFolders, notReadable, openLocalFile } from "./local-file.ts"

/** An image, video or audio input: a URL, a path, base64 text, bytes, or a stream of bytes. */
export type MediaSource = string | Uint8Array | AsyncIterable<Uint8Array> | Stream.Stream<Uint8Array, unknown>

/** A source whose kind is known. A file is open for the lifetime of the scope and has not been read yet. */
export type ResolvedMedia =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "text"; readonly base64: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly stream: Stream.Stream<Uint8Array, unknown> }
  | { readonly kind: "file"; readonly name: string; readonly file: OpenFile }

/** Where media may come from. */
export interface MediaConfig extends MediaFolders {
  /** Hosts with private addresses that files may come from: `mirror.example.com`, `*.example.com`. */
  readonly privateHosts?: ReadonlyArray<string>
  /** Kling is an emulator on this machine, so it can fetch from it. */
  readonly klingIsLocal?: boolean
}

/** Detects the kind of a source, and opens a file (a path, `~`, `file://`) if it is in a readable folder. */
export const resolveMedia = Effect.fnUntraced(function* (
  field: string,
  source: MediaSource,
  config: MediaFolders
): Effect.fn.Return<
  ResolvedMedia,
  KlingError | FileDenied,
  FileHost | FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  if (source instanceof Uint8Array) return { kind: "bytes", bytes: source }
  if (typeof source !== "string") {
    const stream = Stream.isStream(source) ? source : Stream.fromAsyncIterable(source, (cause) => cause)
    return { kind: "stream", stream }
  }
  const value = source.trim()
  if (value === "") return yield* invalidInput([{ field, message: "is empty" }])
  if (/^https?:\/\//i.test(value)) return { kind: "url", url: value }
  if (/^data:/i.test(value)) return { kind: "text", base64: bareBase64(value) }
  return yield* findFile(field, value, config)
})

/** Base64 looks like a long word; a short one is far more likely a mistyped path. */
const isBase64 = (value: string): boolean => value.length > 400 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(value)

/** Whether a text is taken for the path of a file: it is neither a URL nor content. */
export const isFilePath = (source: string): boolean => {
  const value = source.trim()
  return value !== "" && !/^(https?:\/\/|data:)/i.test(value) && !isBase64(value)
}

const findFile = Effect.fnUntraced(function* (field: string, value: string, config: MediaFolders) {
  if (isBase64(value)) {
    return { kind: "text", base64: bareBase64(value) } as const
  }
  const fs = yield* FileSystem.FileSystem
  const unreadable = () => notReadable(field, value, config)
  const found = yield* findLocalFile(field, value, config)
  if (Option.isNone(found)) return yield* unreadable()
  const { realPath, name } = found.value
  const { type } = yield* Effect.mapError(fs.stat(realPath), unreadable)
  if (type !== "File") return yield* invalidInput([{ field, message: `${sanitizeText(value, 120)} is not a file` }])
  const file = yield* openLocalFile(value, found.value)
  return Option.isNone(file) ? yield* unreadable() : ({ kind: "file", name, file: file.value } as const)
})
