import { faceVideo } from "../media/media-rules.ts"
import { estimate, exactQuote, openEstimate, type Quote, withUpperBound } from "./quote.ts"

/** Video units per call. Source: Kling docs, pricing, 2026-09-20; the zero of elements was measured, not listed. */
export const unitsPerCall = {
  tts: 0.05,
  "identify-face": 0.05,
  "text-to-audio": 0.25,
  "video-to-audio": 0.25,
  "custom-voice": 0.05,
  "image-recognize": 0.1,
  "custom-element": 0
} as const

export const perCall = (what: keyof typeof unitsPerCall): Quote =>
  exactQuote("video", 1, unitsPerCall[what], `1 call x ${unitsPerCall[what]} (${what})`)

const lipSyncUnitsPer5Seconds = 0.5

const lipSyncBlocks = (videoSeconds: number): Quote => {
  const blocks = Math.ceil(videoSeconds / 5)
  return exactQuote("video", blocks, lipSyncUnitsPer5Seconds, `${blocks} x 5 s x ${lipSyncUnitsPer5Seconds} (lip-sync)`)
}

/** Lip-sync is priced per 5 s of a video whose length is not part of the request. */
export const lipSyncOfAnyVideo: Quote = openEstimate(
  "video",
  `${lipSyncUnitsPer5Seconds} video units per 5 s (lip-sync); the length is that of the input video`
)

/** The same, bounded by the longest video in which Kling detects faces. */
export const lipSyncRate: Quote = withUpperBound(lipSyncOfAnyVideo, lipSyncBlocks(faceVideo.maxSeconds))

/** Lip-sync of a video of known length. How Kling rounds a partial block is not documented. */
export const lipSyncOf = (videoSeconds: number): Quote =>
  estimate(lipSyncBlocks(videoSeconds), "billed per started 5 s")
