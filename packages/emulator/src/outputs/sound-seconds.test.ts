import { Base64 } from "effect/encoding"
import { describe, expect, it } from "vitest"
import { renderAudio } from "../media/render-audio.ts"
import { secondsOfSound } from "./sound-seconds.ts"

const sound = (format: "wav" | "mp3", durationSeconds: number) =>
  renderAudio({ durationSeconds, text: "hello", seed: 1, format })

describe("the length of a sound that was sent", () => {
  it.each([1, 2.5])("is read from a WAV and from an MP3: %d s", (seconds) => {
    expect(secondsOfSound(Base64.encode(sound("wav", seconds)))).toBeCloseTo(seconds, 3)
    const mp3 = secondsOfSound(Base64.encode(sound("mp3", seconds))) ?? 0
    expect(mp3).toBeGreaterThanOrEqual(seconds)
    expect(mp3).toBeLessThan(seconds + 0.1)
  })

  it("is read behind a tag, and from a file that was cut", () => {
    const mp3 = sound("mp3", 1)
    const tagged = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 2, ...new Uint8Array(130), ...mp3])
    expect(secondsOfSound(Base64.encode(tagged))).toBe(secondsOfSound(Base64.encode(mp3)))
    const wav = sound("wav", 2)
    expect(secondsOfSound(Base64.encode(wav.subarray(0, wav.length / 2)))).toBeCloseTo(1, 2)
  })

  it.each(["", "AAAA", "%", Base64.encode("<html>no sound</html>"), Base64.encode("RIFF....WAVE"), "//8="])(
    "is not made up: %j",
    (media) => {
      expect(secondsOfSound(media)).toBeUndefined()
    }
  )
})
