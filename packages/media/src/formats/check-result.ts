import { Effect, type FileSystem, type PlatformError } from "effect"
import { type FetchFailure, failure } from "../files/fetch-failure.ts"
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

/** The real format of a fetched file, from its bytes. Fails if it is not the result that Kling announced, or not whole. */
export const checkResult = Effect.fnUntraced(function* (
  file: FileSystem.File,
  sizeBytes: number,
  type: ResultType,
  text: { readonly extension: string; readonly mimeType: string }
): Effect.fn.Return<
  { readonly extension: string; readonly mimeType: string },
  FetchFailure | PlatformError.PlatformError
> {
  const readAt = Effect.fnUntraced(function* (position: number, length: number) {
    const buffer = new Uint8Array(length)
    return buffer.subarray(0, yield* file.read(buffer, { position: BigInt(position) }))
  })
  const head = yield* readAt(0, 64)
  const container: Container | undefined = detectContainer(head)
  if (container === undefined) {
    if (type === "file" && isPlainText(head)) return text
    return yield* failure("the server did not return a media file", false)
  }
  if (type !== "file" && !allowedMimeTypes[type].test(container.mimeType))
    return yield* failure(`expected ${type}, but the server returned ${container.mimeType}`, false)
  const truncation = yield* detectTruncation(container.extension, sizeBytes, readAt)
  if (truncation === undefined) return container
  return yield* failure(`the ${container.extension} file is truncated: ${truncation}`, true)
})
