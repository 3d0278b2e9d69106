// The complete image: the scene, the prompt in large letters, captions, and for a video a progress bar with a timecode.
import { colour, type Frame } from "./frame.ts"
import { blendMask, createMask, type AlphaMask } from "./alpha-mask.ts"
import type { ImageSpec, VideoSpec } from "./media-request.ts"
import { createScene } from "./scene.ts"
import { seededRandom } from "./seeded-random.ts"
import { cleanText, fitText, rasterizeText, lineHeightEms, textWidthEms } from "./text-layout.ts"
import { openTypeface, type FontFiles } from "./typeface.ts"

export interface TestCard {
  /** Draws the card at `seconds` after the start. */
  readonly paint: (frame: Frame, seconds: number) => void
}

const white = colour("#ffffff")
const mark = "klingkit emulator"
const alwaysNeeded = `${mark}0123456789:./ …`

export const createTestCard = async (spec: ImageSpec | VideoSpec, fonts: FontFiles): Promise<TestCard> => {
  const { width, height, seed } = spec
  const durationSeconds = "durationSeconds" in spec ? spec.durationSeconds : undefined
  const prompt = cleanText(spec.text)
  const size = `${width} × ${height}`
  const caption = cleanText(spec.caption ?? (durationSeconds === undefined ? size : `${size} · ${durationSeconds} s`))
  const seedNote = `seed ${seed}`
  const typeface = await openTypeface(`${prompt}${caption}${seedNote}${alwaysNeeded}`, fonts)

  const shorter = Math.min(width, height)
  const margin = Math.round(shorter * 0.075)
  const inner = width - 2 * margin
  const smallPixels = Math.max(10, Math.round(shorter * 0.03))
  const promptTop = margin + smallPixels * (lineHeightEms + 2)
  const footTop = height - margin - smallPixels * lineHeightEms * 1.4
  const widthOf = (text: string) => textWidthEms(text, typeface) * smallPixels
  const small = (text: string, x: number, y: number): AlphaMask =>
    rasterizeText({ sizePixels: smallPixels, lines: [text] }, typeface, x, y)

  const promptBox = { width: inner, height: height * 0.56 - promptTop }
  const promptSizes = { largest: Math.round(shorter * 0.085), smallest: Math.max(12, Math.round(shorter * 0.034)) }
  const promptMask = rasterizeText(fitText(prompt, typeface, promptBox, promptSizes), typeface, margin, promptTop)
  const captionSizes = { largest: smallPixels, smallest: smallPixels }
  const captionText = fitText(caption, typeface, { width: inner, height: smallPixels }, captionSizes)
  const seedMask = small(seedNote, width - margin - widthOf(seedNote), footTop)

  const scene = createScene(width, height, seed)
  blendMask(scene.backdrop, promptMask, white)
  blendMask(scene.backdrop, rasterizeText(captionText, typeface, margin, margin), white, 0.85)
  blendMask(
    scene.backdrop,
    solid(margin, margin + smallPixels * (lineHeightEms + 0.6), smallPixels * 3, Math.max(2, smallPixels * 0.14)),
    scene.accent
  )
  if (widthOf(caption) + widthOf(mark) + 2 * smallPixels < inner) {
    blendMask(scene.backdrop, small(mark, width - margin - widthOf(mark), margin), white, 0.6)
  }

  const paintTime = (frame: Frame, seconds: number, ofSeconds: number) => {
    blendMask(frame, small(`${timecode(seconds)} / ${timecode(ofSeconds)}`, margin, footTop), white, 0.9)
    const thickness = Math.max(3, smallPixels * 0.22)
    blendMask(frame, solid(margin, height - margin, inner, thickness), white, 0.25)
    blendMask(frame, solid(margin, height - margin, (inner * seconds) / ofSeconds, thickness), scene.accent)
  }
  const stillProgress = seededRandom(seed + 1)()

  return {
    paint: (frame, seconds) => {
      const progress = durationSeconds === undefined ? stillProgress : seconds / durationSeconds
      const sunArea = scene.paint(frame, progress, seconds)
      // The sun passes behind the text.
      blendMask(frame, promptMask, white, 1, sunArea)
      blendMask(frame, seedMask, white, 0.7)
      if (durationSeconds !== undefined) paintTime(frame, seconds, durationSeconds)
    }
  }
}

/** Minutes, seconds, tenths: "00:02.5". */
const timecode = (seconds: number): string => {
  const tenths = Math.floor(seconds * 10 + 1e-6)
  const two = (number: number) => String(number).padStart(2, "0")
  return `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`
}

const solid = (x: number, y: number, width: number, height: number): AlphaMask => {
  const mask = createMask(Math.round(x), Math.round(y), Math.round(width), Math.round(height))
  mask.alpha.fill(255)
  return mask
}
