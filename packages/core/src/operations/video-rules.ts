import type { Rule } from "../params/check-input.ts"

/** Kling 2.6 generates audio at 1080p only. */
export const nativeAudioAt1080p: Rule<{ readonly audio?: string; readonly resolution?: string }> = {
  name: "native-audio-at-1080p",
  field: "audio",
  check: (input) =>
    input.audio === "native" && input.resolution !== "1080p"
      ? 'native is supported at 1080p only; set resolution to "1080p" or audio to "off"'
      : undefined
}

/** Kling 2.6 and 2.5 Turbo support a last frame at 1080p only. */
export const lastFrameAt1080p: Rule<{ readonly lastFrame?: string; readonly resolution?: string }> = {
  name: "last-frame-at-1080p",
  field: "lastFrame",
  check: (input) =>
    input.lastFrame !== undefined && input.resolution !== "1080p"
      ? 'is supported at 1080p only; set resolution to "1080p"'
      : undefined
}

/** Estimate from published timings: a 5 s video takes 30 to 60 s; longer and larger ones take proportionally more. */
export const expectedVideoSeconds = (input: {
  readonly durationSeconds?: number
  readonly resolution?: string
  readonly mode?: string
}): number => {
  const size = input.resolution ?? (input.mode === "pro" ? "1080p" : input.mode === "4k" ? "4k" : "720p")
  const factor = size === "4k" ? 3 : size === "1080p" ? 1.5 : 1
  return Math.round((25 + 5 * (input.durationSeconds ?? 5)) * factor)
}
