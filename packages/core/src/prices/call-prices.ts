import { faceVideo } from "../media/media-rules.ts"
import { estimate, exactQuote, openEstimate, type Quote, withBound } from "./quote.ts"

/** Video units per call. Source: Kling docs, pricing, 2026-09-20; the element's zero was measured, not listed. */
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

const lipSyncBlocks = (clipSeconds: number): Quote => {
  const blocks = Math.ceil(clipSeconds / 5)
  return exactQuote("video", blocks, lipSyncUnitsPer5Seconds, `${blocks} x 5 s x ${lipSyncUnitsPer5Seconds} (lip-sync)`)
}

/** Lip-sync is listed by blocks of five seconds of a clip whose length is not part of the request. */
export const lipSyncOfAnyClip: Quote = openEstimate(
  "video",
  `${lipSyncUnitsPer5Seconds} video units for every 5 s (lip-sync); the length follows the input clip`
)

/** The same for a clip in which Kling has found faces, which it does in none that is longer. */
export const lipSyncRate: Quote = withBound(lipSyncOfAnyClip, lipSyncBlocks(faceVideo.maxSeconds))

/** Lip-sync of a clip whose length is known. How Kling rounds a part of five seconds is not documented. */
export const lipSyncOf = (clipSeconds: number): Quote =>
  estimate(lipSyncBlocks(clipSeconds), "a begun block is counted as a whole one")
