import { describe, expect, it } from "vitest"
import { isExperimental } from "../operation.ts"
import { image40, imageToVideo40, imageToVideo40Flash, omniVideo40, textToVideo40 } from "./kling-4.ts"
import { keptBodies } from "./testing/kept-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const pictures = (count: number) => Array.from({ length: count }, () => ({ image }))
const videos = (count: number) => Array.from({ length: count }, () => ({ video }))
const elements = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ elementId: `16${index}`, id: `element_${index}` }))

const withinLanguage = {
  refused: { prompt: "灯".repeat(11_001) },
  says: "prompt is 11001 characters long; at most 11000 are allowed outside English",
  accepted: { prompt: "l".repeat(26_000) }
}
const sameIds = {
  refused: { elements: [...elements(1), ...elements(1)] },
  says: 'elements and other contents use the id "element_0" twice',
  accepted: { elements: elements(2) }
}

ruleCases(textToVideo40, { "prompt-within-language": withinLanguage })

ruleCases(imageToVideo40, {
  "prompt-within-language": {
    ...withinLanguage,
    refused: { ...withinLanguage.refused, firstFrame: image },
    accepted: { ...withinLanguage.accepted, firstFrame: image }
  },
  "at-least-one-of-first-frame-middle-frames-last-frame": {
    refused: { prompt: "a lighthouse" },
    says: "firstFrame is required, unless there is one of middleFrames, lastFrame",
    accepted: { lastFrame: image }
  },
  "frames-within-duration": {
    refused: { firstFrame: image, middleFrames: [image, image, image], lastFrame: image, durationSeconds: 3 },
    says: "middleFrames and the other frames are 5; a clip of 3 s takes 4",
    accepted: { firstFrame: image, middleFrames: [image, image], lastFrame: image, durationSeconds: 3 }
  }
})

ruleCases(omniVideo40, {
  "prompt-within-language": withinLanguage,
  "at-least-one-of-prompt-reference-images-feature-videos-base-video-elements": {
    refused: { voices: [{ voiceId: "v1", id: "voice_1" }] },
    says: "prompt is required, unless there is one of referenceImages",
    accepted: { baseVideo: { video } }
  },
  "at-most-15-inputs": {
    refused: { referenceImages: pictures(10), featureVideos: videos(5), baseVideo: { video } },
    says: "referenceImages and all other inputs are 16 together; at most 15",
    accepted: { referenceImages: pictures(10), featureVideos: videos(5) }
  },
  "ids-told-apart": sameIds
})

ruleCases(imageToVideo40Flash, {
  "at-least-one-of-prompt-first-frame": {
    refused: {},
    says: "prompt is required, unless there is one of firstFrame",
    accepted: { firstFrame: image }
  }
})

ruleCases(image40, {
  "prompt-within-language": {
    refused: { prompt: "灯".repeat(21_001) },
    says: "at most 21000 are allowed outside English",
    accepted: { prompt: "灯".repeat(21_000) }
  },
  "at-least-one-of-prompt-reference-images-elements": {
    refused: { n: 1 },
    says: "prompt is required",
    accepted: { referenceImages: pictures(1) }
  },
  "pictures-and-elements": {
    refused: { referenceImages: pictures(6), elements: elements(5) },
    says: "referenceImages and elements are 11 together; at most 10",
    accepted: { referenceImages: pictures(6), elements: elements(4) }
  },
  "ids-told-apart": sameIds
})

keptBodies(
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

  it("sends no external id where the partner refuses one", () => {
    expect(omniVideo40.externalId).toBeUndefined()
    expect(textToVideo40.externalId).toBe("options.external_task_id")
  })
})
