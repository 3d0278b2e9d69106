import { Base64 } from "effect/encoding"
import { imageSize } from "image-size"
import { jpegComponents } from "./jpeg-components.ts"
import type { MediaRule } from "./media-rules.ts"

/** Format and dimensions from the first bytes of an image, without decoding it. */
export interface ImageHeader {
  readonly format: string
  /** As displayed, with the EXIF orientation applied. */
  readonly width: number
  readonly height: number
  /** That of EXIF, 2 to 8, if it turns or mirrors the image. */
  readonly orientation?: number
  /** A JPEG with four colour components. */
  readonly isCmyk?: boolean
}

/** Reads format and dimensions from the bytes; nothing when they are not an image. */
export const readImageHeader = (head: Uint8Array): ImageHeader | undefined => {
  try {
    const { width, height, type, orientation } = imageSize(head)
    const isRotated = orientation !== undefined && orientation >= 5
    return {
      format: type ?? "unknown",
      width: isRotated ? height : width,
      height: isRotated ? width : height,
      ...(orientation !== undefined && orientation >= 2 && orientation <= 8 ? { orientation } : {}),
      ...(type === "jpg" && jpegComponents(head) === 4 ? { isCmyk: true } : {})
    }
  } catch {
    return undefined
  }
}

/** Enough to find the dimensions of any image, even after a large colour profile or EXIF block. */
const headBytes = 768 * 1024

/** The same for an image in bare base64, of which only the beginning is decoded. */
export const readInlineImageHeader = (base64: string): ImageHeader | undefined => {
  const head = Base64.decode(base64.slice(0, Math.ceil(headBytes / 3) * 4))
  return head._tag === "Success" ? readImageHeader(head.success) : undefined
}

/** Why Kling would reject an image, or nothing. */
export const checkImageHeader = (rule: MediaRule, header: ImageHeader | undefined): string | undefined => {
  const formats = rule.formats.join(" and ")
  if (header === undefined) return `is not a readable image; only ${formats} are accepted`
  if (!rule.formats.includes(header.format)) return `is ${header.format}; only ${formats} are accepted`
  const { width, height } = header
  const size = `${width}x${height} pixels`
  if (rule.minPixels !== undefined && Math.min(width, height) < rule.minPixels) {
    return `is ${size}; each side must be at least ${rule.minPixels}`
  }
  if (rule.maxPixels !== undefined && Math.max(width, height) > rule.maxPixels) {
    return `is ${size}; each side must be at most ${rule.maxPixels}`
  }
  const ratio = width / height
  const [minRatio, maxRatio] = [rule.minRatio ?? 0, rule.maxRatio ?? Number.POSITIVE_INFINITY]
  return ratio < minRatio || ratio > maxRatio
    ? `is ${size}; the aspect ratio must be between 1:${1 / minRatio} and ${maxRatio}:1`
    : undefined
}
