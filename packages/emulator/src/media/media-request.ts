// What can be rendered, and the limits within which the emulator will render it.

interface PictureSpec {
  readonly width: number
  readonly height: number
  /** The prompt; drawn into the picture. Untrusted: control characters are dropped, what does not fit ends in "…". */
  readonly text: string
  readonly seed: number
  /** The small line above the prompt, such as the model's name. Default: the size (and duration). */
  readonly caption?: string
}

export interface VideoSpec extends PictureSpec {
  readonly durationSeconds: number
  /** Default: 24, fewer for large or long videos (see `frameRateFor`). */
  readonly framesPerSecond?: number
  /** Adds the melody of `renderAudio` as an MP3 track. Default: false, a silent file without an audio track. */
  readonly audio?: boolean
}

export interface ImageSpec extends PictureSpec {
  readonly format?: "png"
}

export interface AudioSpec {
  readonly durationSeconds: number
  readonly text: string
  readonly seed: number
  readonly format: "wav" | "mp3"
}

export type MediaRequest =
  | ({ readonly kind: "video" } & VideoSpec)
  | ({ readonly kind: "image" } & ImageSpec)
  | ({ readonly kind: "audio" } & AudioSpec)

export interface RenderedMedia {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

const longestSeconds = 600
const sides = { smallest: 16, largest: 8192 }

/** Throws a RangeError naming the field when a picture of this size cannot be drawn. */
export const checkSize = (size: { readonly width: number; readonly height: number }, step: 1 | 2): void => {
  for (const side of ["width", "height"] as const) {
    const pixels = size[side]
    if (!Number.isInteger(pixels) || pixels < sides.smallest || pixels > sides.largest || pixels % step !== 0) {
      throw new RangeError(
        `${side} must be ${step === 2 ? "an even number" : "a whole number"} of pixels from ${sides.smallest} to ${sides.largest}, got ${pixels}`
      )
    }
  }
}

/** Throws a RangeError when no file of this duration can be rendered. */
export const checkDuration = (durationSeconds: number): void => {
  if (!(durationSeconds >= 0.1 && durationSeconds <= longestSeconds)) {
    throw new RangeError(`durationSeconds must be from 0.1 to ${longestSeconds}, got ${durationSeconds}`)
  }
}
