import { BufferSource, Input, MP3, WAVE } from "mediabunny"
import { describe, expect, it } from "vitest"
import type { AudioSpec } from "./media-request.ts"
import { renderAudio } from "./render-audio.ts"

const render = (spec: Partial<AudioSpec>) =>
  renderAudio({ durationSeconds: 2, text: "hello", seed: 1, format: "wav", ...spec })

const probe = async (bytes: Uint8Array<ArrayBuffer>) => {
  const input = new Input({ source: new BufferSource(bytes), formats: [MP3, WAVE] })
  const track = await input.getPrimaryAudioTrack()
  return {
    type: await input.getMimeType(),
    codec: await track?.getCodec(),
    channels: await track?.getNumberOfChannels(),
    sampleRate: await track?.getSampleRate(),
    durationSeconds: await input.computeDuration()
  }
}

/** Root mean square of the WAV samples between two times, 0-1. */
const loudness = (wav: Uint8Array<ArrayBuffer>, fromSecond: number, toSecond: number): number => {
  const samples = new Int16Array(wav.buffer, 44).subarray(fromSecond * 44_100, toSecond * 44_100)
  return Math.sqrt(samples.reduce((sum, sample) => sum + (sample / 32_768) ** 2, 0) / samples.length)
}

describe("renderAudio", () => {
  it.each([0.5, 2, 7.25])("is a WAV of exactly %f seconds", async (durationSeconds) => {
    const found = await probe(render({ durationSeconds }))
    expect(found).toMatchObject({ codec: "pcm-s16", channels: 1, sampleRate: 44_100 })
    expect(found.durationSeconds).toBeCloseTo(durationSeconds, 4)
  })

  it.each([0.5, 2, 7.25])("is an MP3 of %f seconds plus at most two blocks", async (durationSeconds) => {
    const found = await probe(render({ durationSeconds, format: "mp3" }))
    expect(found).toMatchObject({ codec: "mp3", channels: 1, sampleRate: 44_100 })
    expect(found.durationSeconds).toBeGreaterThanOrEqual(durationSeconds)
    expect(found.durationSeconds).toBeLessThan(durationSeconds + 0.08)
  })

  it("is audible throughout, without clipping, and fades in and out", () => {
    const wav = render({ durationSeconds: 4 })
    for (const second of [0, 1, 2, 3]) expect(loudness(wav, second, second + 1)).toBeGreaterThan(0.02)
    const samples = new Int16Array(wav.buffer, 44)
    expect(samples.every((sample) => Math.abs(sample) < 32_767)).toBe(true)
    expect(Math.abs(samples[0] ?? 1)).toBeLessThan(10)
    expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(10)
  })

  it.each(["wav", "mp3"] as const)(
    "gives the same %s for the same request, and another for another seed or text",
    (format) => {
      const first = render({ format })
      expect(render({ format })).toEqual(first)
      expect(render({ format, seed: 2 })).not.toEqual(first)
      expect(render({ format, text: "goodbye" })).not.toEqual(first)
    }
  )

  it("rejects an invalid duration", () => {
    expect(() => render({ durationSeconds: 0 })).toThrow("durationSeconds must be")
    expect(() => render({ durationSeconds: Number.NaN })).toThrow("durationSeconds must be")
  })
})
