import { Effect } from "effect"
import { gifTruncation, jpegTruncation, pngTruncation, riffTruncation } from "./image-truncation.ts"
import { isoTruncation } from "./iso-truncation.ts"
import { mp3Truncation } from "./mp3-truncation.ts"
import { inWindows, type ReadAt } from "./read-at.ts"

/**
 * How a file shows that it is truncated, or undefined. Walks the parts that its format declares, without decoding the
 * content. Formats that declare neither lengths nor an end always pass, and so does what does not follow its format.
 */
export const detectTruncation = <E>(
  extension: string,
  sizeBytes: number,
  readAt: ReadAt<E>
): Effect.Effect<string | undefined, E> => {
  switch (extension) {
    case "mp4":
    case "mov":
    case "m4a":
      return isoTruncation("moov", sizeBytes, readAt)
    case "avif":
    case "heic":
      return isoTruncation("meta", sizeBytes, readAt)
    case "png":
      return pngTruncation(sizeBytes, readAt)
    case "jpg":
      return jpegTruncation(inWindows(readAt))
    case "gif":
      return gifTruncation(inWindows(readAt))
    case "wav":
    case "webp":
      return riffTruncation(sizeBytes, readAt)
    case "mp3":
      return mp3Truncation(sizeBytes, inWindows(readAt))
    default:
      return Effect.succeed(undefined)
  }
}
