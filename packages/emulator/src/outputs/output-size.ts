/** The size of an image or video in pixels. */
export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** The short side of a video, by resolution: 720p in 16:9 is 1280x720, in 1:1 720x720. */
const shortSideOfVideo: Readonly<Record<string, number>> = { "720p": 720, "1080p": 1080, "4k": 2160 }

/** The long side of an image, by resolution: 1k in 16:9 is 1024x576. */
const longSideOfImage: Readonly<Record<string, number>> = { "1k": 1024, "2k": 2048, "4k": 4096, "8k": 8192 }

/** Parses `16:9`; nothing for words such as `auto` and `adaptive`. */
export const ratioOf = (text: unknown): number | undefined => {
  const match = typeof text === "string" ? /^(\d+):(\d+)$/.exec(text) : null
  return match === null ? undefined : Number(match[1]) / Number(match[2])
}

// H.264 requires even sides.
const even = (pixels: number): number => Math.max(16, 2 * Math.round(pixels / 2))

export const videoSize = (resolution: string, ratio: number): PixelSize => {
  const short = shortSideOfVideo[resolution] ?? 720
  return ratio >= 1 ? { width: even(short * ratio), height: short } : { width: short, height: even(short / ratio) }
}

export const imageSize = (resolution: string, ratio: number): PixelSize => {
  const long = longSideOfImage[resolution] ?? 1024
  return ratio >= 1 ? { width: long, height: even(long / ratio) } : { width: even(long * ratio), height: long }
}

/** The size of an image with margins, given as fractions of its sides; no side exceeds 8192. */
export const expandedSize = (
  image: PixelSize,
  margins: { readonly up: number; readonly down: number; readonly left: number; readonly right: number }
): PixelSize => {
  const width = image.width * (1 + margins.left + margins.right)
  const height = image.height * (1 + margins.up + margins.down)
  const scale = Math.min(1, 8192 / Math.max(width, height))
  return { width: even(width * scale), height: even(height * scale) }
}
