// The pixel buffer of the H.264 encoder: I420, one luma plane and two chroma planes at half the resolution.

/** Luma, blue and red difference, each 0-255, in BT.709 video range. */
export type Colour = readonly [luma: number, blue: number, red: number]

export interface Frame {
  readonly width: number
  readonly height: number
  readonly chromaWidth: number
  readonly chromaHeight: number
  /** All three planes, concatenated. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly luma: Uint8Array
  readonly blue: Uint8Array
  readonly red: Uint8Array
}

export const createFrame = (width: number, height: number): Frame => {
  const chromaWidth = Math.ceil(width / 2)
  const chromaHeight = Math.ceil(height / 2)
  const pixels = width * height
  const chromaPixels = chromaWidth * chromaHeight
  const bytes = new Uint8Array(pixels + 2 * chromaPixels)
  return {
    width,
    height,
    chromaWidth,
    chromaHeight,
    bytes,
    luma: bytes.subarray(0, pixels),
    blue: bytes.subarray(pixels, pixels + chromaPixels),
    red: bytes.subarray(pixels + chromaPixels)
  }
}

/** Converts a hex colour such as "#14183a". */
export const colour = (hex: string): Colour => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  const brightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return [
    16 + (219 / 255) * brightness,
    128 + ((224 / 255) * (blue - brightness)) / 1.8556,
    128 + ((224 / 255) * (red - brightness)) / 1.5748
  ]
}

export const mixColours = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share
]

/** Three bytes per pixel, row by row. */
export const toRgb = (frame: Frame): Uint8ClampedArray => {
  const rgb = new Uint8ClampedArray(frame.width * frame.height * 3)
  let at = 0
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const chromaAt = (y >> 1) * frame.chromaWidth + (x >> 1)
      const brightness = ((frame.luma[y * frame.width + x] ?? 0) - 16) * (255 / 219)
      const blue = ((frame.blue[chromaAt] ?? 0) - 128) * (255 / 224)
      const red = ((frame.red[chromaAt] ?? 0) - 128) * (255 / 224)
      rgb[at++] = brightness + 1.5748 * red
      rgb[at++] = brightness - 0.1873 * blue - 0.4681 * red
      rgb[at++] = brightness + 1.8556 * blue
    }
  }
  return rgb
}
