import { describe, expect, it } from "vitest"
import { type AnyOperation, isExperimental } from "../operation.ts"
import * as flash from "./kling-4-flash.ts"
import * as kling4 from "./kling-4.ts"
import * as images4 from "./kling-image-4.ts"
import * as longImages4 from "./kling-long-image-4.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { referenceCase, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const images = (count: number) => Array.from({ length: count }, () => ({ image }))
const videos = (count: number) => Array.from({ length: count }, () => ({ video }))
const elements = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ elementId: `16${index}`, id: `element_${index}` }))

const withinLanguage = {
  rejected: { prompt: "灯".repeat(11_001) },
  says: "prompt is 11001 characters long; the limit is 11000 outside English",
  accepted: { prompt: "l".repeat(26_000) }
}
const sameIds = {
  rejected: { elements: [...elements(1), ...elements(1)] },
  says: 'elements and other contents use the id "element_0" twice',
  accepted: { elements: elements(2) }
}

const hdrCase = <Input extends object>(rest: Input) =>
  ({
    rejected: { ...rest, dynamicRange: "hdr" },
    says: "dynamicRange hdr requires resolution 1080p or 4k",
    accepted: { ...rest, dynamicRange: "hdr", resolution: "4k" }
  }) as const
const originalSound = {
  rejected: { prompt: "rain", keepOriginalSound: true },
  says: "keepOriginalSound applies to a video to edit: pass baseVideo",
  accepted: { prompt: "rain", keepOriginalSound: true, baseVideo: { video } }
}
const tooManyInputs = {
  rejected: { prompt: "rain", referenceImages: images(10), featureVideos: videos(5), baseVideo: { video } },
  says: "referenceImages and all other inputs total 16; at most 15",
  accepted: { prompt: "rain", referenceImages: images(10), featureVideos: videos(5) }
}

ruleCases(kling4.textToVideo40, {
  "references-exist": referenceCase({}, "@image_9"),
  "prompt-within-language": withinLanguage,
  "hdr-at-1080p-or-4k": hdrCase({ prompt: "a lighthouse" })
})

ruleCases(kling4.videoExtend40, {
  "references-exist": referenceCase({ video }, "@image_9"),
  "prompt-within-language": {
    ...withinLanguage,
    rejected: { ...withinLanguage.rejected, video },
    accepted: { ...withinLanguage.accepted, video }
  },
  "hdr-at-1080p-or-4k": hdrCase({ video })
})

ruleCases(kling4.imageToVideo40, {
  "references-exist": referenceCase({ firstFrame: image }, "@image_9"),
  "prompt-within-language": {
    ...withinLanguage,
    rejected: { ...withinLanguage.rejected, firstFrame: image },
    accepted: { ...withinLanguage.accepted, firstFrame: image }
  },
  "hdr-at-1080p-or-4k": hdrCase({ firstFrame: image }),
  "at-least-one-of-first-frame-middle-frames-last-frame": {
    rejected: { prompt: "a lighthouse" },
    says: "firstFrame is required unless one of middleFrames, lastFrame",
    accepted: { lastFrame: image }
  },
  "frames-within-duration": {
    rejected: { firstFrame: image, middleFrames: [image, image, image], lastFrame: image, durationSeconds: 3 },
    says: "middleFrames and the other frames are 5; a video of 3 s takes 4",
    accepted: { firstFrame: image, middleFrames: [image, image], lastFrame: image, durationSeconds: 3 }
  }
})

ruleCases(kling4.omniVideo40, {
  "references-exist": referenceCase({}, "@image_9"),
  "prompt-within-language": withinLanguage,
  "at-least-one-of-prompt-reference-images-feature-videos-base-video-elements": {
    rejected: { voices: [{ voiceId: "v1", id: "voice_1" }] },
    says: "prompt is required unless one of referenceImages",
    accepted: { baseVideo: { video } }
  },
  "hdr-at-1080p-or-4k": hdrCase({ prompt: "rain" }),
  "original-sound-of-base-video": originalSound,
  "at-most-15-inputs": tooManyInputs,
  "unambiguous-ids": sameIds
})

ruleCases(flash.textToVideo40Flash, { "references-exist": referenceCase({}, "@image_9") })
ruleCases(flash.imageToVideo40Flash, { "references-exist": referenceCase({ firstFrame: image }, "@image_9") })
ruleCases(flash.omniVideo40Flash, {
  "references-exist": referenceCase({}, "@image_9"),
  "original-sound-of-base-video": originalSound,
  "at-most-15-inputs": tooManyInputs,
  "unambiguous-ids": {
    ...sameIds,
    rejected: { prompt: "rain", ...sameIds.rejected },
    accepted: { prompt: "rain", ...sameIds.accepted }
  }
})

ruleCases(longImages4.longImage40, {
  "references-exist": referenceCase({}, "@image_9"),
  "prompt-within-language": {
    rejected: { prompt: "灯".repeat(71_001) },
    says: "the limit is 71000 outside English",
    accepted: { prompt: "l".repeat(166_000) }
  }
})

ruleCases(images4.image40, {
  "references-exist": referenceCase({}, "@image_9"),
  "prompt-within-language": {
    rejected: { prompt: "灯".repeat(21_001) },
    says: "the limit is 21000 outside English",
    accepted: { prompt: "灯".repeat(21_000) }
  },
  "at-least-one-of-prompt-reference-images-elements": {
    rejected: { n: 1 },
    says: "prompt is required",
    accepted: { referenceImages: images(1) }
  },
  "images-and-elements": {
    rejected: { referenceImages: images(6), elements: elements(5) },
    says: "referenceImages and elements total 11; at most 10",
    accepted: { referenceImages: images(6), elements: elements(4) }
  },
  "unambiguous-ids": sameIds
})

roundTripBodies(
  [
    kling4.textToVideo40,
    `{"prompt":"a lighthouse","settings":{"resolution":"720p","duration":30,"aspect_ratio":"adaptive"}}`
  ],
  [
    kling4.imageToVideo40,
    `{"contents":[{"type":"first_frame","url":"https://media.example/1.png"},
      {"type":"middle_frame","url":"https://media.example/2.png"},
      {"type":"middle_frame","url":"https://media.example/3.png"},
      {"type":"last_frame","url":"https://media.example/4.png"}],"settings":{"duration":12}}`
  ],
  [
    kling4.omniVideo40,
    `{"contents":[{"type":"prompt","text":"@a and @b"},
      {"type":"feature_video","url":"https://media.example/1.mp4","id":"a"},
      {"type":"feature_video","url":"https://media.example/2.mp4","id":"b"},
      {"type":"voice","voice_id":"829836802793406551","id":"c"}]}`
  ],
  [
    kling4.videoExtend40,
    `{"contents":[{"type":"prompt","text":"on"},{"type":"video","url":"https://media.example/1.mp4"}],
      "settings":{"duration":5,"resolution":"4k","dynamic_range":"hdr"}}`
  ],
  [
    kling4.omniVideo40,
    `{"contents":[{"type":"base_video","url":"https://media.example/1.mp4","id":"a"}],"settings":{"keep_original_sound":true}}`
  ],
  [
    flash.omniVideo40Flash,
    `{"contents":[{"type":"prompt","text":"@a"},{"type":"element","element_id":"829836802793406551","id":"a"}],
      "settings":{"duration":20,"aspect_ratio":"3:4"}}`
  ],
  [
    longImages4.longImage40,
    `{"contents":[{"type":"prompt","text":"a page"},{"type":"style_refer_image","url":"https://media.example/1.png"},
      {"type":"style_refer_image","url":"https://media.example/2.png"}],
      "settings":{"skill":"webpage","page_length":"long","resolution":"2k"}}`
  ],
  [images4.image40, `{"contents":[{"type":"prompt","text":"a lighthouse"}],"settings":{"series_amount":"auto","n":2}}`]
)

const all: ReadonlyArray<AnyOperation> = [kling4, flash, images4, longImages4].flatMap((family) =>
  Object.values(family)
)

describe("Kling 4.0", () => {
  it("is marked as experimental, with the reason", () => {
    expect(all).toHaveLength(9)
    for (const operation of all) {
      expect(isExperimental(operation)).toBe(true)
      expect(operation.state).toContain("not confirmed on Kling's own host")
    }
  })

  it("sends no external id, callback or watermark: partners reject them", () => {
    for (const { externalId, params } of all) {
      expect(externalId).toBeUndefined()
      expect(params).not.toHaveProperty("callbackUrl")
      expect(params).not.toHaveProperty("watermark")
    }
  })
})

describe("the price of Kling 4.0", () => {
  const prompt = "rain"
  const base = { baseVideo: { video } }
  it.each([
    [kling4.textToVideo40, { prompt, durationSeconds: 10, resolution: "720p" }, undefined, 1.57, 1.963],
    [kling4.textToVideo40, { prompt, durationSeconds: 10, resolution: "1080p" }, undefined, 2.35, 2.94],
    // Neither duration nor resolution is sent: the dearest that Kling may choose is the bound.
    [kling4.textToVideo40, { prompt }, undefined, 0.785, 8.82],
    [kling4.videoExtend40, { video, durationSeconds: 5, resolution: "720p" }, 12, 0.785, 0.9815],
    [kling4.omniVideo40, { ...base, resolution: "1080p" }, 8, 2.256, 2.256],
    [kling4.omniVideo40, { ...base, resolution: "1080p" }, undefined, undefined, 8.46],
    [
      kling4.omniVideo40,
      { prompt, featureVideos: videos(1), durationSeconds: 5, resolution: "720p" },
      7.5,
      1.175,
      1.222
    ],
    [
      kling4.omniVideo40,
      { prompt, featureVideos: videos(2), durationSeconds: 5, resolution: "720p" },
      7.5,
      undefined,
      3.29
    ],
    [flash.textToVideo40Flash, { prompt, durationSeconds: 10, resolution: "720p" }, undefined, 0.94, 1],
    [flash.omniVideo40Flash, { prompt, ...base, resolution: "720p" }, 4, 1.008, 1.008]
  ] as ReadonlyArray<readonly [AnyOperation, object, number | undefined, number | undefined, number]>)(
    "$0.id %#: by the second, with a video input those of input and result",
    (operation, input, seconds, likely, highest) => {
      const quote = operation.price({ ...input }, seconds)
      expect(quote).toMatchObject({ state: "estimate", upperBound: { priceUsd: highest } })
      expect(quote.priceUsd).toBe(likely)
      expect(quote.rule).toContain("a partner's price, as Kling lists none")
    }
  )

  it("is unknown in 4k and HDR, and for images", () => {
    for (const quote of [
      kling4.textToVideo40.price({ prompt, resolution: "4k" }),
      kling4.textToVideo40.price({ prompt, resolution: "1080p", dynamicRange: "hdr" }),
      images4.image40.price(images4.image40.example),
      longImages4.longImage40.price(longImages4.longImage40.example)
    ]) {
      expect(quote.state).toBe("unknown")
    }
  })
})
