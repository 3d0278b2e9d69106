// The animated background: a dusk sky, a sun that crosses it, three rows of drifting waves.
import { colour, createFrame, mixColours, type Colour, type Frame } from "./frame.ts"
import { blendMask, createMask, type Area, type AlphaMask } from "./alpha-mask.ts"
import { seededRandom } from "./seeded-random.ts"

interface Palette {
  readonly sky: Colour
  readonly horizon: Colour
  readonly sun: Colour
  readonly waves: readonly [far: Colour, middle: Colour, near: Colour]
}

const palette = (sky: string, horizon: string, sun: string, far: string, middle: string, near: string): Palette => ({
  sky: colour(sky),
  horizon: colour(horizon),
  sun: colour(sun),
  waves: [colour(far), colour(middle), colour(near)]
})

/** Dark at the top, behind the text; light at the horizon. */
const palettes = [
  palette("#14183a", "#d9825f", "#ffd9a0", "#5a3a6e", "#36295a", "#1c1a3d"),
  palette("#071c2f", "#4f9fa3", "#f4f1de", "#1b6a7d", "#0f4a63", "#0a2c42"),
  palette("#0b1f1a", "#96ad74", "#fff3c4", "#2f6b4f", "#1d4a3b", "#0f2d27"),
  palette("#1f0f2e", "#d98792", "#ffe3d8", "#7a2f64", "#4e1f50", "#2a1236"),
  palette("#220d12", "#d99a55", "#ffe9b8", "#8a3328", "#5a2022", "#2c1015"),
  palette("#101c33", "#9db8d0", "#fdf6e3", "#4f7fb0", "#2d5484", "#152d52"),
  palette("#15181d", "#98a8ae", "#f5f0e1", "#55636e", "#38434d", "#1f272e")
] as const

interface Wave {
  readonly colour: Colour
  readonly level: number
  readonly swells: ReadonlyArray<{ height: number; turns: number; phase: number; speed: number }>
}

export interface Scene {
  /** The static part; anything drawn into it appears in every frame. */
  readonly backdrop: Frame
  /** Draws the whole frame, `progress` 0-1 moving the sun and `seconds` the waves; returns the area that the sun covers. */
  readonly paint: (frame: Frame, progress: number, seconds: number) => Area
  readonly accent: Colour
}

export const createScene = (width: number, height: number, seed: number): Scene => {
  const random = seededRandom(seed)
  const chosen = palettes[Math.floor(random() * palettes.length)] ?? palettes[0]
  const shorter = Math.min(width, height)
  const waves = chosen.waves.map((waveColour, index): Wave => ({
    colour: waveColour,
    level: height * (0.72 + 0.075 * index),
    swells: [0.018, 0.011].map((share, swell) => ({
      height: shorter * share * (0.8 + 0.4 * random()),
      turns: (1.1 + 0.9 * random()) * (1 + swell) * Math.max(1, width / height),
      phase: 2 * Math.PI * random(),
      speed: (0.5 + 0.5 * random()) * (random() < 0.5 ? -1 : 1)
    }))
  }))
  const backdrop = createFrame(width, height)
  paintSky(backdrop, chosen)
  const sun = sunMask(shorter * 0.085)
  // Even positions keep luma and the half-resolution chroma aligned.
  const even = (pixels: number) => 2 * Math.round(pixels / 2)
  return {
    accent: chosen.sun,
    backdrop,
    paint: (frame, progress, seconds) => {
      frame.bytes.set(backdrop.bytes)
      const x = even(width * (0.14 + 0.72 * progress) - sun.width / 2)
      const y = even(height * (0.66 - 0.06 * Math.sin(Math.PI * progress)) - sun.height / 2)
      const risen = { ...sun, x, y }
      blendMask(frame, risen, chosen.sun)
      for (const wave of waves) paintWave(frame, wave, seconds)
      return risen
    }
  }
}

const paintSky = (frame: Frame, { sky, horizon }: Palette): void => {
  const rowColour = (share: number) => mixColours(sky, horizon, Math.min(1, share / 0.76) ** 3)
  for (let y = 0; y < frame.height; y++) {
    frame.luma.fill(rowColour(y / frame.height)[0], y * frame.width, (y + 1) * frame.width)
  }
  for (let y = 0; y < frame.chromaHeight; y++) {
    const [, blue, red] = rowColour(y / frame.chromaHeight)
    frame.blue.fill(blue, y * frame.chromaWidth, (y + 1) * frame.chromaWidth)
    frame.red.fill(red, y * frame.chromaWidth, (y + 1) * frame.chromaWidth)
  }
}

/** A disc with a soft edge and a glow three times as wide. */
const sunMask = (radius: number): AlphaMask => {
  const glowRadius = Math.ceil(3 * radius)
  const mask = createMask(0, 0, 2 * glowRadius, 2 * glowRadius)
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      const beyond = Math.hypot(x - glowRadius, y - glowRadius) - radius
      const glow = 0.42 * Math.max(0, 1 - beyond / (2 * radius)) ** 2
      mask.alpha[y * mask.width + x] = 255 * (beyond < 0 ? Math.min(1, 0.42 - beyond) : glow)
    }
  }
  return mask
}

const paintWave = (frame: Frame, { colour: [luma, blue, red], level, swells }: Wave, seconds: number): void => {
  const { width, height, chromaWidth, chromaHeight } = frame
  for (let x = 0; x < width; x++) {
    let crest = level
    for (const swell of swells) {
      crest += swell.height * Math.sin((2 * Math.PI * swell.turns * x) / width + swell.phase + swell.speed * seconds)
    }
    const first = Math.floor(crest)
    const under = frame.luma[first * width + x] ?? 0
    frame.luma[first * width + x] = Math.round(under + (luma - under) * (1 - (crest - first)))
    for (let y = first + 1; y < height; y++) frame.luma[y * width + x] = luma
    if (x & 1) continue
    for (let y = Math.round(crest / 2); y < chromaHeight; y++) {
      frame.blue[y * chromaWidth + (x >> 1)] = blue
      frame.red[y * chromaWidth + (x >> 1)] = red
    }
  }
}
