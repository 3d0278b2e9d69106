import { Effect, type FileSystem, type PlatformError } from "effect"
import { type Container, isPlainText, detectContainer } from "./detect-container.ts"
import { detectTruncation } from "./detect-truncation.ts"

/** What Kling calls a result; a `file` may also be text. */
export type ResultType = "video" | "image" | "audio" | "voice" | "file"

/** An MP4 may hold audio only. */
const allowedMimeTypes: Readonly<Record<Exclude<ResultType, "file">, RegExp>> = {
  video: /^video\//,
  image: /^image\//,
  audio: /^audio\/|^video\/mp4$/,
  voice: /^audio\/|^video\/mp4$/
}

/** The real format of a fetched file, from its bytes; or, as text, why it is not the result that Kling announced. */
export const checkResult = Effect.fnUntraced(function* (
  file: FileSystem.File,
  sizeBytes: number,
  type: ResultType,
  text: { readonly extension: string; readonly mimeType: string }
): Effect.fn.Return<{ readonly extension: string; readonly mimeType: string } | string, PlatformError.PlatformError> {
  const readAt = Effect.fnUntraced(function* (position: number, length: number) {
    const buffer = new Uint8Array(length)
    return buffer.subarray(0, yield* file.read(buffer, { position: BigInt(position) }))
  })
  const head = yield* readAt(0, 64)
  const container: Container | undefined = detectContainer(head)
  if (container === undefined) {
    return type === "file" && isPlainText(head) ? text : "the server did not return a media file"
  }
  if (type !== "file" && !allowedMimeTypes[type].test(container.mimeType))
    return `expected ${type}, but the server returned ${container.mimeType}`
  const truncation = yield* detectTruncation(container.extension, sizeBytes, readAt)
  return truncation === undefined ? container : `the ${container.extension} file is truncated: ${truncation}`
})
