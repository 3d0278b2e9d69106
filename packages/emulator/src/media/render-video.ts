import { createFrame } from "./frame.ts"
import { encodeFrames } from "./h264.ts"
import { checkDuration, checkSize, type VideoSpec } from "./media-request.ts"
import { packMp4 } from "./mp4.ts"
import { renderAudio } from "./render-audio.ts"
import { createTestCard } from "./test-card.ts"
import type { FontFiles } from "./typeface.ts"

const pixelBudget = 800e6

/**
 * Frames a second of a video whose spec names none: Kling's usual 24 as long as the whole video stays under 800 million
 * pixels (15 s of 1080p, 37 s of 720p), otherwise fewer, down to 4, so that no video takes much longer than ten seconds.
 */
export const frameRateFor = ({ width, height, durationSeconds }: VideoSpec): number =>
  [24, 12, 8, 6].find((rate) => rate * width * height * durationSeconds <= pixelBudget) ?? 4

/**
 * An H.264 MP4 of the given size and duration: the prompt over a moving scene with a timecode. The same spec gives the
 * same bytes. Throws a RangeError for an odd side (4:2:0 video has none) and for limits of `media-request.ts`.
 */
export const renderVideo = async (spec: VideoSpec, fonts: FontFiles): Promise<Uint8Array<ArrayBuffer>> => {
  checkSize(spec, 2)
  checkDuration(spec.durationSeconds)
  const rate = spec.framesPerSecond ?? frameRateFor(spec)
  if (!(rate >= 1 && rate <= 60)) throw new RangeError(`framesPerSecond must be from 1 to 60, got ${rate}`)
  const { durationSeconds } = spec
  const frames = Math.max(2, Math.round(durationSeconds * rate))
  const card = await createTestCard(spec, fonts)
  const frame = createFrame(spec.width, spec.height)
  const h264 = await encodeFrames(frame, frames, (index) => card.paint(frame, (index / frames) * durationSeconds))
  const mp3 = spec.audio ? renderAudio({ durationSeconds, text: spec.text, seed: spec.seed, format: "mp3" }) : undefined
  return packMp4({ h264, frames, durationSeconds, mp3 })
}
