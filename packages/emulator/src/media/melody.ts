// A short melody: plucked notes of a pentatonic scale over a quiet drone, as 16-bit mono samples.
import { seededRandom } from "./seeded-random.ts"

export const sampleRate = 44_100

const pentatonic = [0, 2, 4, 7, 9, 12, 14, 16]
const noteSeconds = 1.4

/** A melody that depends on the seed. It fades in and out to avoid clicks. */
export const composeMelody = (durationSeconds: number, seed: number): Int16Array => {
  const random = seededRandom(seed)
  const root = 196 * 2 ** (Math.floor(random() * 8) / 12)
  const beatSeconds = 0.24 + 0.14 * random()
  const mix = new Float32Array(Math.round(durationSeconds * sampleRate))
  let step = Math.floor(random() * pentatonic.length)
  for (let start = 0.05; start < durationSeconds; start += beatSeconds) {
    step = Math.min(Math.max(step + Math.floor(random() * 5) - 2, 0), pentatonic.length - 1)
    if (start > beatSeconds && random() < 0.2) continue
    pluck(mix, start, root * 2 ** ((pentatonic[step] ?? 0) / 12), 0.14 + 0.08 * random())
  }
  return toSamples(mix, root / 2)
}

const pluck = (mix: Float32Array, startSeconds: number, hertz: number, loudness: number): void => {
  const first = Math.round(startSeconds * sampleRate)
  const last = Math.min(mix.length, first + Math.round(noteSeconds * sampleRate))
  for (let at = first; at < last; at++) {
    const seconds = (at - first) / sampleRate
    const turn = 2 * Math.PI * hertz * seconds
    const tone = Math.sin(turn) + 0.4 * Math.sin(2 * turn) * Math.exp(-6 * seconds)
    mix[at] = (mix[at] ?? 0) + loudness * Math.min(1, seconds / 0.008) * Math.exp(-3.2 * seconds) * tone
  }
}

const toSamples = (mix: Float32Array, droneHertz: number): Int16Array => {
  const fade = Math.min(0.4 * sampleRate, mix.length / 4)
  return Int16Array.from(mix, (value, at) => {
    const drone = 0.06 * Math.sin((2 * Math.PI * droneHertz * at) / sampleRate)
    const envelope = Math.min(1, at / fade, (mix.length - at) / fade)
    return Math.round(32_767 * Math.max(-1, Math.min(1, (value + drone) * envelope)))
  })
}
