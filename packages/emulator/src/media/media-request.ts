// What can be rendered, and its limits.

interface VisualSpec {
  readonly width: number
  readonly height: number
  /** The prompt to draw. Untrusted: control characters are dropped, and text that does not fit is truncated with "…". */
  readonly text: string
  readonly seed: number
  /** The caption above the prompt, such as the model's name. Default: the size (and duration). */
  readonly caption?: string
}

export interface VideoSpec extends VisualSpec {
  readonly durationSeconds: number
  /** Default: 24, fewer for large or long videos (see `frameRateFor`). */
  readonly framesPerSecond?: number
  /** Adds the melody of `renderAudio` as an MP3 track. Default: false, a silent file without an audio track. */
  readonly audio?: boolean
}

export interface ImageSpec extends VisualSpec {
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

const maxSeconds = 600
const sides = { smallest: 16, largest: 8192 }

/** Throws a RangeError that names the field when the size is not valid. */
export const checkSize = (size: { readonly width: number; readonly height: number }, step: 1 | 2): void => {
  for (const side of ["width", "height"] as const) {
    const pixels = size[side]
    if (!Number.isInteger(pixels) || pixels < sides.smallest || pixels > sides.largest || pixels % step !== 0) {
      throw new RangeError(
        `${side} must be ${step === 2 ? "an even number" : "an integer"} of pixels from ${sides.smallest} to ${sides.largest}, got ${pixels}`
      )
    }
  }
}

/** Throws a RangeError when the duration is not valid. */
export const checkDuration = (durationSeconds: number): void => {
  if (!(durationSeconds >= 0.1 && durationSeconds <= maxSeconds)) {
    throw new RangeError(`durationSeconds must be from 0.1 to ${maxSeconds}, got ${durationSeconds}`)
  }
}
