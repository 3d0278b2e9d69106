import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { findOperation, type OperationId } from "../operations/catalog.ts"
import { checkInput } from "../params/check-input.ts"
import type { Quote } from "./quote.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const sound = "https://media.example/speech.mp3"
const prompt = "a lighthouse"

const declared = (id: OperationId): AnyOperation => {
  const found = findOperation(id)
  if (found === undefined) throw new Error(`${id} is not in the catalogue`)
  return found
}

/** The price of an input that is legal. */
const quote = (id: OperationId, input: Readonly<Record<string, unknown>>): Quote => {
  const operation = declared(id)
  expect(checkInput(operation.params, operation.rules, input)).toEqual([])
  return operation.price(input)
}

describe("listed prices", () => {
  it.each([
    // Taken from the account for real calls, so the table is known to be right here.
    ["new.t2v.kling-3.0-turbo", { prompt, durationSeconds: 3, resolution: "720p" }, 2.4, 0.336],
    ["new.omni.kling-3.0-omni", { prompt, firstFrame: image, durationSeconds: 3, audio: "off" }, 1.8, 0.252],
    ["legacy.images.generations", { model: "kling-v3", prompt, resolution: "1k" }, 8, 0.028],
    ["legacy.tts", { text: "Ship ahoy", voiceId: "oversea_male1", voiceLanguage: "en" }, 0.05, 0.007],
    // The table of 2026-09-20.
    ["new.i2v.kling-3.0-turbo", { firstFrame: image, durationSeconds: 10, resolution: "1080p" }, 10, 1.4],
    ["new.t2v.kling-3.0", { prompt }, 3, 0.42],
    ["new.t2v.kling-3.0", { prompt, resolution: "4k", durationSeconds: 15 }, 45, 6.3],
    ["new.t2v.kling-3.0", { prompt, audio: "native", resolution: "1080p" }, 6, 0.84],
    ["new.omni.kling-3.0-omni", { prompt, audio: "native", resolution: "1080p", durationSeconds: 10 }, 10, 1.4],
    ["new.omni.kling-3.0-omni", { prompt, resolution: "4k", durationSeconds: 3 }, 9, 1.26],
    ["new.omni.kling-o1", { prompt, resolution: "1080p", durationSeconds: 10 }, 8, 1.12],
    ["new.t2v.kling-2.6", { prompt, durationSeconds: 10 }, 3, 0.42],
    ["new.t2v.kling-2.6", { prompt, audio: "native", resolution: "1080p" }, 5, 0.7],
    [
      "new.i2v.kling-2.6",
      { firstFrame: image, audio: "native", resolution: "1080p", voices: [{ voiceId: "v", id: "voice_1" }] },
      6,
      0.84
    ],
    ["new.t2v.kling-2.5-turbo", { prompt, resolution: "1080p", durationSeconds: 10 }, 5, 0.7],
    ["legacy.omni-video", { prompt, aspectRatio: "16:9" }, 4, 0.56],
    ["legacy.omni-video", { model: "kling-v3-omni", prompt, aspectRatio: "1:1", sound: "on", mode: "std" }, 4, 0.56],
    ["legacy.identify-face", { videoUrl: video }, 0.05, 0.007],
    ["legacy.text-to-audio", { prompt, durationSeconds: 3 }, 0.25, 0.035],
    ["legacy.video-to-audio", { videoUrl: video }, 0.25, 0.035],
    ["legacy.image-recognize", { image }, 0.1, 0.014]
  ] as const)("%s %o costs %d units", (id, input, units, priceUsd) => {
    expect(quote(id, input)).toMatchObject({ state: "exact", units, priceUsd })
  })

  it("show their arithmetic", () => {
    expect(quote("new.t2v.kling-3.0", { prompt }).rule).toBe("3 video units = 5 s x 0.6 (kling-3.0, 720p, silent)")
    expect(quote("legacy.identify-face", { videoId: "1" }).rule).toBe(
      "0.05 video units = 1 call x 0.05 (identify-face)"
    )
  })
})

describe("prices whose length is Kling's to say", () => {
  const motion = { image, video, characterOrientation: "video" }

  it.each([
    ["new.motion.kling-3.0", { ...motion, resolution: "1080p" }, "1.2 video units a second"],
    ["new.motion.kling-2.6", motion, "0.5 video units a second"],
    ["legacy.motion-control", { ...motion, mode: "pro" }, "0.8 video units a second (kling-2.6"],
    ["legacy.motion-control", { ...motion, model: "kling-v3", mode: "std" }, "0.9 video units a second (kling-3.0"],
    ["new.omni.kling-o1", { prompt, baseVideo: { video }, resolution: "1080p" }, "1.2 video units a second"],
    ["new.omni.kling-3.0-omni", { baseVideo: { video }, multiShot: false, resolution: "4k" }, "3 video units a second"],
    ["legacy.omni-video", { prompt, videos: [{ video }], mode: "std" }, "0.9 video units a second (kling-o1"],
    // Measured: 12.27 s of result, 4.4 units.
    ["legacy.avatar", { image, soundFile: sound }, "0.4 video units a second"],
    ["legacy.avatar", { image, audioId: "1", mode: "pro" }, "0.8 video units a second"],
    [
      "legacy.advanced-lip-sync",
      {
        sessionId: "s1",
        faces: [{ faceId: "0", soundFile: sound, soundStartMs: 0, soundEndMs: 3000, soundInsertMs: 0 }]
      },
      "0.5 video units for every 5 s"
    ]
  ] as const)("%s %o gives the rate and no units", (id, input, rate) => {
    const { state, units, priceUsd, pack, rule } = quote(id, input)
    expect({ state, units, priceUsd, pack }).toEqual({ state: "estimate", pack: "video" })
    expect(rule).toContain(rate)
  })

  it("count the asked seconds beside a feature video, and say that this is not proven", () => {
    const feature = quote("new.omni.kling-3.0-omni", { prompt, featureVideo: { video }, durationSeconds: 10 })
    expect(feature).toMatchObject({ state: "estimate", units: 9, rule: expect.stringContaining("not proven") })
  })
})
