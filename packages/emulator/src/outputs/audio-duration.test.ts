import { Base64 } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { renderAudio } from "../media/render-audio.ts"
import { audioDuration } from "./audio-duration.ts"

const audioFile = (format: "wav" | "mp3", durationSeconds: number) =>
  renderAudio({ durationSeconds, text: "hello", seed: 1, format })

describe("the duration of inline audio", () => {
  it.each([1, 2.5])("is read from a WAV and from an MP3: %d s", (seconds) => {
    expect(audioDuration(Base64.encode(audioFile("wav", seconds)))).toBeCloseTo(seconds, 3)
    const mp3 = audioDuration(Base64.encode(audioFile("mp3", seconds))) ?? 0
    expect(mp3).toBeGreaterThanOrEqual(seconds)
    expect(mp3).toBeLessThan(seconds + 0.1)
  })

  it("is read after an ID3 tag, and from a truncated file", () => {
    const mp3 = audioFile("mp3", 1)
    const tagged = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 2, ...new Uint8Array(130), ...mp3])
    expect(audioDuration(Base64.encode(tagged))).toBe(audioDuration(Base64.encode(mp3)))
    const wav = audioFile("wav", 2)
    expect(audioDuration(Base64.encode(wav.subarray(0, wav.length / 2)))).toBeCloseTo(1, 2)
  })

  it.each(["", "AAAA", "%", Base64.encode("<html>no audio</html>"), Base64.encode("RIFF....WAVE"), "//8="])(
    "is unknown for anything else: %j",
    (media) => {
      expect(audioDuration(media)).toBeUndefined()
    }
  )
})
