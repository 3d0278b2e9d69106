import { Effect, type FileSystem, type PlatformError } from "effect"
import { type Container, isPlainText, readContainer } from "./container.ts"
import { cutShort } from "./whole-media.ts"

/** What Kling calls a result; a `file` may also be text. */
export type ResultType = "video" | "image" | "audio" | "voice" | "file"

/** MPEG-4 holds sound alone as well. */
const taken: Readonly<Record<Exclude<ResultType, "file">, RegExp>> = {
  video: /^video\//,
  image: /^image\//,
  audio: /^audio\/|^video\/mp4$/,
  voice: /^audio\/|^video\/mp4$/
}

/** What a fetched file is, told by its bytes, or in words why it is not what was promised. */
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
  const container: Container | undefined = readContainer(head)
  if (container === undefined) {
    return type === "file" && isPlainText(head) ? text : "what came is no video, picture or sound"
  }
  if (type !== "file" && !taken[type].test(container.mimeType))
    return `what came is no ${type} but ${container.mimeType}`
  const cut = yield* cutShort(container.extension, sizeBytes, readAt)
  return cut === undefined ? container : `what came is no whole ${container.extension}: ${cut}`
})
