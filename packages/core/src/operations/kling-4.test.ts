import { describe, expect, it } from "vitest"
import { isExperimental } from "../operation.ts"
import { image40, imageToVideo40, imageToVideo40Flash, omniVideo40, textToVideo40 } from "./kling-4.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"

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

ruleCases(textToVideo40, { "prompt-within-language": withinLanguage })

ruleCases(imageToVideo40, {
  "prompt-within-language": {
    ...withinLanguage,
    rejected: { ...withinLanguage.rejected, firstFrame: image },
    accepted: { ...withinLanguage.accepted, firstFrame: image }
  },
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

ruleCases(omniVideo40, {
  "prompt-within-language": withinLanguage,
  "at-least-one-of-prompt-reference-images-feature-videos-base-video-elements": {
    rejected: { voices: [{ voiceId: "v1", id: "voice_1" }] },
    says: "prompt is required unless one of referenceImages",
    accepted: { baseVideo: { video } }
  },
  "at-most-15-inputs": {
    rejected: { referenceImages: images(10), featureVideos: videos(5), baseVideo: { video } },
    says: "referenceImages and all other inputs total 16; at most 15",
    accepted: { referenceImages: images(10), featureVideos: videos(5) }
  },
  "unambiguous-ids": sameIds
})

ruleCases(imageToVideo40Flash, {
  "at-least-one-of-prompt-first-frame": {
    rejected: {},
    says: "prompt is required unless one of firstFrame",
    accepted: { firstFrame: image }
  }
})

ruleCases(image40, {
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
  [textToVideo40, `{"prompt":"a lighthouse","settings":{"resolution":"720p","duration":30,"aspect_ratio":"adaptive"}}`],
  [
    imageToVideo40,
    `{"contents":[{"type":"first_frame","url":"https://media.example/1.png"},
      {"type":"middle_frame","url":"https://media.example/2.png"},
      {"type":"middle_frame","url":"https://media.example/3.png"},
      {"type":"last_frame","url":"https://media.example/4.png"}],"settings":{"duration":12}}`
  ],
  [
    omniVideo40,
    `{"contents":[{"type":"prompt","text":"@a and @b"},
      {"type":"feature_video","url":"https://media.example/1.mp4","id":"a"},
      {"type":"feature_video","url":"https://media.example/2.mp4","id":"b"},
      {"type":"voice","voice_id":"829836802793406551","id":"c"}]}`
  ],
  [image40, `{"contents":[{"type":"prompt","text":"a lighthouse"}],"settings":{"series_amount":"auto","n":2}}`]
)

describe("Kling 4.0", () => {
  it("is marked as experimental, with the reason and without a price", () => {
    for (const operation of [textToVideo40, imageToVideo40, omniVideo40, imageToVideo40Flash, image40]) {
      expect(isExperimental(operation)).toBe(true)
      expect(operation.state).toContain("not confirmed on Kling's own host")
    }
    expect(textToVideo40.price({ prompt: "a lighthouse", durationSeconds: 5 }).units).toBeUndefined()
  })

  it("sends no external id where the partner rejects one", () => {
    expect(omniVideo40.externalId).toBeUndefined()
    expect(textToVideo40.externalId).toBe("options.external_task_id")
  })
})
