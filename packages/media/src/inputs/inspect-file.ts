import type { MediaRule } from "@klingkit/core"
import { acceptedMedia, readImageHeader } from "@klingkit/core/internal"
import { Data, Effect } from "effect"
import type { FileUnreadable, OpenFile } from "../files/file-host.ts"
import { type Container, detectContainer } from "../formats/detect-container.ts"
import { detectTruncation } from "../formats/detect-truncation.ts"
import { type MediaFacts, probeMedia } from "../formats/probe-media.ts"
import { sizeProblem } from "./check-media.ts"

/** What a file is, by its content. */
export interface FileFacts {
  readonly kind: MediaRule["kind"]
  /** `png`, `mp4` */
  readonly format: string
  readonly mimeType: string
  readonly bytes: number
  /** As displayed. */
  readonly width?: number
  readonly height?: number
  readonly durationSeconds?: number
  readonly framesPerSecond?: number
}

/** No operation of Kling takes such a file. The message continues "the file ...". */
export class FileRefused extends Data.TaggedError("FileRefused")<{ readonly message: string }> {}

/** The most bytes that a file may have which begins like this one. Needs its first 12 bytes. */
export const maxFileBytes = (head: Uint8Array): Effect.Effect<number, FileRefused> => {
  const container = detectContainer(head)
  const kind = container === undefined ? undefined : kindOf(container)
  return container === undefined || kind === undefined || !acceptedMedia(kind).formats.includes(container.extension)
    ? Effect.fail(new FileRefused({ message: notTaken(container?.extension) }))
    : Effect.succeed(acceptedMedia(kind).maxMegabytes * 1_000_000)
}

/** What a whole file is. Fails if Kling takes no such file, or it is not whole. */
export const inspectFile = Effect.fnUntraced(function* (
  file: OpenFile
): Effect.fn.Return<FileFacts, FileRefused | FileUnreadable> {
  const bytes = file.sizeBytes
  const readAt = Effect.fnUntraced(function* (position: number, length: number) {
    const buffer = new Uint8Array(length)
    return buffer.subarray(0, yield* file.read(buffer, position))
  })
  const head = yield* readAt(0, headBytes)
  yield* maxFileBytes(head)
  const container = detectContainer(head)
  const facts =
    container === undefined
      ? undefined
      : kindOf(container) === "image"
        ? imageFacts(head, container.mimeType)
        : mediaFacts(yield* probeMedia(file))
  if (container === undefined || facts === undefined) {
    return yield* new FileRefused({ message: `begins like ${container?.extension} and cannot be read as that` })
  }
  const { formats, maxMegabytes } = acceptedMedia(facts.kind)
  if (!formats.includes(facts.format)) return yield* new FileRefused({ message: notTaken(facts.format) })
  const tooLarge = sizeProblem({ maxMegabytes }, bytes)
  if (tooLarge !== undefined) return yield* new FileRefused({ message: tooLarge.message })
  const truncation = yield* detectTruncation(container.extension, bytes, readAt)
  if (truncation === undefined) return { ...facts, bytes }
  return yield* new FileRefused({ message: `is a truncated ${facts.format} file: ${truncation}; send the whole file` })
})

/** Enough to find the dimensions of any image, even after a large colour profile or EXIF block. */
const headBytes = 768 * 1024

const kindOf = ({ mimeType }: Container): MediaRule["kind"] | undefined =>
  kinds.find((kind) => mimeType.startsWith(`${kind}/`))

const kinds = ["image", "video", "audio"] as const

const notTaken = (format: string | undefined): string => {
  const lists = kinds.map((kind) => `${kind} (${acceptedMedia(kind).formats.join(", ")})`)
  return `is ${format ?? "not media"}; Kling takes ${lists.join(", ")}`
}

const imageFacts = (head: Uint8Array, mimeType: string): Omit<FileFacts, "bytes"> | undefined => {
  const header = readImageHeader(head)
  if (header === undefined) return undefined
  const { format, width, height } = header
  return { kind: "image", format, mimeType, width, height }
}

const mediaFacts = (facts: MediaFacts | undefined): Omit<FileFacts, "bytes"> | undefined =>
  facts === undefined
    ? undefined
    : { ...facts, kind: facts.width === undefined ? "audio" : "video", mimeType: mimeTypes[facts.format] }

const mimeTypes: Readonly<Record<MediaFacts["format"], string>> = {
  mp4: "video/mp4",
  mov: "video/quicktime",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  aac: "audio/aac"
}
