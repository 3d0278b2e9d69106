import { describe, expect, it } from "vitest"
import { omniVideo30, omniVideoO1 } from "./omni-video.ts"
import { keptBodies } from "./testing/kept-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"

const picture = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const prompt = "a lighthouse in a storm"
const pictures = (count: number) => Array.from({ length: count }, () => ({ image: picture }))
const elements = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ elementId: `16${index}`, id: `element_${index}` }))

/** The rules that both models share, in the shape of either. */
const shared = {
  "at-least-one-of-prompt-reference-images-first-frame-feature-video-base-video-elements": {
    refused: {},
    says: "prompt is required, unless there is one of referenceImages",
    accepted: { referenceImages: pictures(1) }
  },
  "last-frame-needs-first-frame": {
    refused: { prompt, lastFrame: picture },
    says: "lastFrame needs a first frame too",
    accepted: { prompt, firstFrame: picture, lastFrame: picture }
  },
  "first-frame-id-with-first-frame": {
    refused: { prompt, firstFrameId: "image_1" },
    says: "firstFrameId names a first frame",
    accepted: { prompt, firstFrame: picture, firstFrameId: "image_1" }
  },
  "last-frame-id-with-last-frame": {
    refused: { prompt, firstFrame: picture, lastFrameId: "image_2" },
    says: "lastFrameId names a last frame",
    accepted: { prompt, firstFrame: picture, lastFrame: picture, lastFrameId: "image_2" }
  },
  "ids-told-apart": {
    refused: {
      prompt,
      referenceImages: [
        { image: picture, id: "image_1" },
        { image: picture, id: "image_10" }
      ]
    },
    says: 'the ids "image_1" and "image_10": the one begins with the other',
    accepted: {
      prompt,
      referenceImages: [
        { image: picture, id: "image_01" },
        { image: picture, id: "image_10" }
      ]
    }
  },
  "original-audio-needs-a-video": {
    refused: { prompt, audio: "original" },
    says: 'audio original keeps the sound of a reference video, and there is none; set audio to "off"',
    accepted: { prompt, audio: "off" }
  }
} as const

ruleCases(omniVideo30, {
  ...shared,
  "one-reference-video": {
    refused: { prompt, featureVideo: { video }, baseVideo: { video } },
    says: "baseVideo and featureVideo exclude each other",
    accepted: { prompt, featureVideo: { video }, multiShot: true }
  },
  "references-within-limit": {
    refused: { prompt, referenceImages: pictures(4), elements: elements(4) },
    says: "referenceImages and elements are 8 together; at most 7",
    accepted: { prompt, referenceImages: pictures(4), elements: elements(3) }
  },
  "elements-with-frames": {
    refused: { prompt, firstFrame: picture, elements: elements(4) },
    says: "elements are 4; at most 3 beside a first or last frame",
    accepted: { prompt, firstFrame: picture, elements: elements(3) }
  },
  "base-video-without-frames": {
    refused: { prompt, baseVideo: { video }, multiShot: false, firstFrame: picture },
    says: "firstFrame cannot go with a video to edit",
    accepted: { prompt, baseVideo: { video }, multiShot: false }
  },
  "duration-follows-base-video": {
    refused: { prompt, baseVideo: { video }, multiShot: false, durationSeconds: 5 },
    says: "durationSeconds would be ignored",
    accepted: { prompt, featureVideo: { video }, durationSeconds: 5 }
  },
  "audio-off-with-feature-video": {
    refused: { prompt, featureVideo: { video }, audio: "native" },
    says: 'audio native is not possible with a feature video; set audio to "off"',
    accepted: { prompt, featureVideo: { video }, audio: "off" }
  },
  "no-native-audio-with-base-video": {
    refused: { prompt, baseVideo: { video }, multiShot: false, audio: "native" },
    says: 'set audio to "original" or "off"',
    accepted: { prompt, baseVideo: { video }, multiShot: false, audio: "original" }
  },
  "multi-shot-with-feature-video": {
    refused: { prompt, featureVideo: { video }, multiShot: false },
    says: "multiShot false is not possible with a feature video",
    accepted: { prompt, featureVideo: { video }, multiShot: true }
  },
  "no-multi-shot-with-base-video": {
    refused: { prompt, baseVideo: { video } },
    says: "multiShot must be set to false",
    accepted: { prompt, baseVideo: { video }, multiShot: false }
  }
})

ruleCases(omniVideoO1, {
  ...shared,
  "one-reference-video": {
    refused: { prompt, featureVideo: { video }, baseVideo: { video } },
    says: "baseVideo and featureVideo exclude each other: one reference video at most",
    accepted: { prompt, featureVideo: { video } }
  },
  "references-within-limit": {
    refused: { prompt, featureVideo: { video }, referenceImages: pictures(2), elements: elements(3) },
    says: "referenceImages and elements are 5 together; at most 4 beside a reference video",
    accepted: { prompt, featureVideo: { video }, referenceImages: pictures(2), elements: elements(2) }
  },
  "both-frames-alone": {
    refused: { prompt, firstFrame: picture, lastFrame: picture, referenceImages: pictures(1) },
    says: "lastFrame cannot go with a first frame and other references at once",
    accepted: { prompt, firstFrame: picture, referenceImages: pictures(1) }
  },
  "duration-follows-base-video": {
    refused: { prompt, baseVideo: { video }, durationSeconds: 5 },
    says: "durationSeconds would be ignored: the result keeps the length of the edited video",
    accepted: { prompt, baseVideo: { video } }
  },
  "duration-without-references": {
    refused: { prompt, firstFrame: picture, durationSeconds: 7 },
    says: "durationSeconds 7 is possible with reference pictures only; without them 5 or 10",
    accepted: { prompt, referenceImages: pictures(1), durationSeconds: 7 }
  }
})

keptBodies(
  [
    omniVideo30,
    `{"contents":[{"type":"prompt","text":"a lighthouse"}],
        "settings":{"resolution":"1080p","duration":5,"audio":"native","multi_shot":false},
        "options":{"callback_url":"https://hooks.example/kling"}}`
  ],
  [
    omniVideo30,
    `{"contents":[{"type":"prompt","text":"@image_1 in the light of @image_2"},
          {"type":"first_frame","url":"https://media.example/1.png","id":"image_1"},
          {"type":"refer_image","url":"https://media.example/2.png","id":"image_2"}],
        "settings":{"resolution":"1080p","duration":5,"audio":"native","multi_shot":false}}`
  ],
  [
    omniVideo30,
    `{"contents":[{"type":"prompt","text":"@element_1 hands the lamp to @element_2"},
          {"type":"first_frame","url":"https://media.example/1.png","id":"image_1"},
          {"type":"last_frame","url":"https://media.example/2.png","id":"image_2"},
          {"type":"element","element_id":"829836802793406551","id":"element_1"},
          {"type":"element","element_id":"163","id":"element_2"}],
        "settings":{"resolution":"1080p","duration":5,"audio":"native","multi_shot":true}}`
  ],
  [
    omniVideo30,
    `{"contents":[{"type":"prompt","text":"the same waves at night"},
          {"type":"feature_video","url":"https://media.example/w.mp4","id":"video_1"}],
        "settings":{"resolution":"4k","audio":"off","multi_shot":true}}`
  ],
  [
    omniVideo30,
    `{"contents":[{"type":"prompt","text":"make the lamp green"},
          {"type":"base_video","url":"https://media.example/w.mp4","id":"video_1"}],
        "settings":{"resolution":"1080p","audio":"original","multi_shot":false}}`
  ],
  [
    omniVideoO1,
    `{"contents":[{"type":"prompt","text":"the sea calms down"},
          {"type":"first_frame","url":"https://media.example/1.png","id":"image_1"},
          {"type":"refer_image","url":"https://media.example/2.png","id":"image_2"}],
        "settings":{"resolution":"1080p","duration":3,"audio":"off"},
        "options":{"callback_url":"","watermark_info":{"enabled":true}}}`
  ],
  [
    omniVideoO1,
    `{"contents":[{"type":"prompt","text":"the keeper walks along the pier"},
          {"type":"element","element_id":"161","id":"element_1"},
          {"type":"first_frame","url":"https://media.example/1.png","id":"image_1"},
          {"type":"feature_video","url":"https://media.example/w.mp4","id":"video_1"}],
        "settings":{"resolution":"1080p","aspect_ratio":"16:9","audio":"off"}}`
  ],
  [
    omniVideoO1,
    `{"contents":[{"type":"prompt","text":"paint the tower like @image_1"},
          {"type":"refer_image","url":"https://media.example/1.png","id":"image_1"},
          {"type":"base_video","url":"https://media.example/w.mp4","id":"video_1"}],
        "settings":{"resolution":"1080p","aspect_ratio":"16:9","audio":"off"}}`
  ]
)

describe("omni video", () => {
  it("takes reference clips by URL only", () => {
    expect(problemsOf(omniVideoO1, { prompt, baseVideo: { video: "waves.mp4" } })).toEqual([
      expect.stringContaining("baseVideo.video must be an http(s) URL")
    ])
  })
})
