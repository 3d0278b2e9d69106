import { readImageHeader } from "@klingkit/core"
import { Result } from "effect"
import { Base64 } from "effect/encoding"
import type { PixelSize } from "./output-size.ts"

// Four characters encode three bytes; this many reach past any colour profile.
const headerCharacters = 4 * 262_144

/** The size of a base64 image, from its header; nothing for a URL. */
export const inlineImageSize = (media: unknown): PixelSize | undefined => {
  if (typeof media !== "string" || /^https?:/i.test(media)) return undefined
  const header = Base64.decode(media.slice(0, headerCharacters))
  return Result.isSuccess(header) ? readImageHeader(header.success) : undefined
}
