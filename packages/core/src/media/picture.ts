import { imageSize } from "image-size"
import type { MediaRule } from "./media-rules.ts"

/** What the first bytes of a picture say of it, without decoding it. */
export interface PictureFacts {
  readonly format: string
  readonly width: number
  readonly height: number
}

/** Reads format and size from the real bytes; nothing when they are no picture. */
export const readPicture = (head: Uint8Array): PictureFacts | undefined => {
  try {
    const { width, height, type, orientation } = imageSize(head)
    const turned = orientation !== undefined && orientation >= 5
    return { format: type ?? "unknown", width: turned ? height : width, height: turned ? width : height }
  } catch {
    return undefined
  }
}

/** What Kling would refuse of a picture, or nothing. */
export const checkPicture = (rule: MediaRule, facts: PictureFacts | undefined): string | undefined => {
  const formats = rule.formats.join(" and ")
  if (facts === undefined) return `is not a readable picture; ${formats} are taken`
  if (!rule.formats.includes(facts.format)) return `is ${facts.format}; only ${formats} are taken`
  const { width, height } = facts
  const size = `${width}x${height} pixels`
  if (rule.minPixels !== undefined && Math.min(width, height) < rule.minPixels) {
    return `is ${size}; each side needs at least ${rule.minPixels}`
  }
  if (rule.maxPixels !== undefined && Math.max(width, height) > rule.maxPixels) {
    return `is ${size}; each side may have at most ${rule.maxPixels}`
  }
  const ratio = width / height
  const [minRatio, maxRatio] = [rule.minRatio ?? 0, rule.maxRatio ?? Number.POSITIVE_INFINITY]
  return ratio < minRatio || ratio > maxRatio
    ? `is ${size}; its shape must lie between 1:${1 / minRatio} and ${maxRatio}:1`
    : undefined
}
