import { describe, expect, it } from "vitest"
import type { AnyOperation } from "../operation.ts"
import { catalog, findOperation, type OperationId } from "../operations/catalog.ts"
import { checkInput } from "../params/check-input.ts"
import { maxUsd, type Quote } from "./quote.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const audio = "https://media.example/speech.mp3"
const prompt = "a lighthouse"

const declared = (id: OperationId): AnyOperation => {
  const found = findOperation(id)
  if (found === undefined) throw new Error(`${id} is not in the catalog`)
  return found
}

/** The price of a valid input. */
const quote = (id: OperationId, input: Readonly<Record<string, unknown>>): Quote => {
  const operation = declared(id)
  expect(checkInput(operation.params, operation.rules, input)).toEqual([])
  return operation.price(input)
}

describe("listed prices", () => {
  it.each([
    // Charged for real calls, so these rows are verified.
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

describe("prices that depend on the length of a video or audio input", () => {
  const motion = { image, video, characterOrientation: "video" }
  const faces = [{ faceId: "0", soundFile: audio, soundStartMs: 0, soundEndMs: 3000, soundInsertMs: 0 }]
  const rows = [
    // Input, rate, upper bound by the longest input that Kling accepts, and the price of 8.3 s.
    ["new.motion.kling-3.0", { ...motion, resolution: "1080p" }, "1.2 video units per second", 36, 9.6, 10.8],
    ["new.motion.kling-2.6", motion, "0.5 video units per second", 15, 4, 4.5],
    ["new.motion.kling-2.6", { ...motion, characterOrientation: "image" }, "0.5 video units per second", 5, 4, 4.5],
    ["legacy.motion-control", { ...motion, mode: "pro" }, "0.8 video units per second (kling-2.6", 24, 6.4, 7.2],
    [
      "legacy.motion-control",
      { ...motion, model: "kling-v3", mode: "std" },
      "0.9 video units per second (kling-3.0",
      27,
      7.2,
      8.1
    ],
    ["new.omni.kling-o1", { prompt, baseVideo: { video }, resolution: "1080p" }, "1.2 video units per", 12, 9.6, 10.8],
    [
      "new.omni.kling-3.0-omni",
      { baseVideo: { video }, multiShot: false, resolution: "4k" },
      "3 video units per second",
      48,
      24,
      27
    ],
    [
      "legacy.omni-video",
      { prompt, videos: [{ video }], mode: "std" },
      "0.9 video units per second (kling-o1",
      9,
      7.2,
      8.1
    ],
    // Measured: 12.27 s of result, 4.4 units.
    ["legacy.avatar", { image, soundFile: audio }, "0.4 video units per second", 120, 3.2, 3.6],
    ["legacy.avatar", { image, audioId: "1", mode: "pro" }, "0.8 video units per second", 240, 6.4, 7.2]
  ] as const

  it.each(rows)("%s %o has the rate and an upper bound", (id, input, rate, highest) => {
    const { state, units, priceUsd, pack, upperBound, rule } = quote(id, input)
    expect({ state, units, priceUsd, pack }).toEqual({ state: "estimate", pack: "video" })
    expect(upperBound).toEqual({ units: highest, priceUsd: expect.closeTo(highest * 0.14) })
    expect(rule).toContain(rate)
    expect(rule).toContain(`; at most ${highest} video units = `)
  })

  it.each(rows)("%s %o of 8.3 s has an estimate and an upper bound", (id, input, _rate, _bound, likely, highest) => {
    const operation = declared(id)
    expect(operation.lengthFrom?.(input)).toEqual({ [input === rows[9][1] ? "id" : "media"]: expect.any(String) })
    expect(operation.price(input, 8.3)).toMatchObject({
      state: "estimate",
      units: likely,
      upperBound: { units: highest }
    })
    expect(operation.price(input, 8)).toMatchObject({ state: "estimate", units: likely })
    expect(operation.price(input, 8)).not.toHaveProperty("upperBound")
  })

  it("are bounded by the longest video with face detection; the older lip-sync states no limit", () => {
    expect(quote("legacy.advanced-lip-sync", { sessionId: "s1", faces })).toMatchObject({
      state: "estimate",
      upperBound: { units: 6, priceUsd: 0.84 },
      rule: expect.stringContaining("at most 6 video units = 12 x 5 s x 0.5")
    })
    const older = { mode: "text2video", videoUrl: video, text: "Hi", voiceId: "oversea_male1" }
    expect(maxUsd(quote("legacy.lip-sync", older))).toBeUndefined()
    expect(declared("legacy.lip-sync").price(older, 6)).toMatchObject({ units: 1, priceUsd: 0.14 })
  })

  it("count the requested seconds with a feature video, and say that this is unconfirmed", () => {
    const feature = quote("new.omni.kling-3.0-omni", { prompt, featureVideo: { video }, durationSeconds: 10 })
    expect(feature).toMatchObject({ state: "estimate", units: 9, rule: expect.stringContaining("unconfirmed") })
    expect(feature.upperBound).toEqual({ units: 14.4, priceUsd: 2.016 })
  })

  it("show the arithmetic of every exact quote", () => {
    const exact = catalog
      .filter(({ billed }) => billed)
      .map((operation) => ({ id: operation.id, ...operation.price(operation.example) }))
      .filter(({ state, units = 0 }) => state === "exact" && units > 0)
    expect(exact.length).toBeGreaterThan(20)
    const arithmetic = /^[\d.]+ (video|image) units = \d+( s| call)? x [\d.]+ \(.+\)$/
    expect(exact.filter(({ rule }) => !arithmetic.test(rule))).toEqual([])
  })

  it("cover every billed operation: a price, an upper bound, or no published price", () => {
    const unbounded = catalog.filter(
      (operation) => operation.billed && maxUsd(operation.price(operation.example)) === undefined
    )
    expect(unbounded.map(({ id }) => id).toSorted()).toMatchInlineSnapshot(`
      [
        "legacy.effects",
        "legacy.lip-sync",
        "legacy.multi-elements",
        "legacy.multi-image2video",
        "legacy.video-extend",
        "legacy.virtual-try-on",
        "new.image.kling-image-4.0",
        "new.image.kling-long-image-4.0",
        "solutions.clothing_dupe",
        "solutions.drama_subtitle",
        "solutions.goods_studio",
        "solutions.talking_agent",
        "solutions.virtual_try_on",
      ]
    `)
  })
})
