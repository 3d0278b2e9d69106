import { readPicture } from "@klingkit/core"
import { Result } from "effect"
import { Base64 } from "effect/encoding"
import type { PictureSize } from "./picture-size.ts"

// Four characters hold three bytes; so much reaches behind any colour profile.
const headCharacters = 4 * 262_144

/** The size of a picture in base64, from its header; nothing for a URL. */
export const pictureSizeOf = (media: unknown): PictureSize | undefined => {
  if (typeof media !== "string" || /^https?:/i.test(media)) return undefined
  const head = Base64.decode(media.slice(0, headCharacters))
  return Result.isSuccess(head) ? readPicture(head.success) : undefined
}
