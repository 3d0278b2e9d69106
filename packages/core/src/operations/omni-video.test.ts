import { describe, expect, it } from "vitest"
import { omniVideo30, omniVideoO1 } from "./omni-video.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, referenceCase, ruleCases, shotsCase } from "./testing/rule-cases.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const prompt = "a lighthouse in a storm"
const images = (count: number) => Array.from({ length: count }, () => ({ image }))
const elements = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ elementId: `16${index}`, id: `element_${index}` }))

/** The rules that both models share, in the shape of either. */
const shared = {
  "at-least-one-of-prompt-reference-images-first-frame-feature-video-base-video-elements": {
    rejected: {},
    says: "prompt is required unless one of referenceImages",
    accepted: { referenceImages: images(1) }
  },
  "last-frame-needs-first-frame": {
    rejected: { prompt, lastFrame: image },
    says: "lastFrame requires a first frame",
    accepted: { prompt, firstFrame: image, lastFrame: image }
  },
  "first-frame-id-with-first-frame": {
    rejected: { prompt, firstFrameId: "image_1" },
    says: "firstFrameId requires firstFrame",
    accepted: { prompt, firstFrame: image, firstFrameId: "image_1" }
  },
  "last-frame-id-with-last-frame": {
    rejected: { prompt, firstFrame: image, lastFrameId: "image_2" },
    says: "lastFrameId requires lastFrame",
    accepted: { prompt, firstFrame: image, lastFrame: image, lastFrameId: "image_2" }
  },
  "unambiguous-ids": {
    rejected: {
      prompt,
      referenceImages: [
        { image, id: "image_1" },
        { image, id: "image_10" }
      ]
    },
    says: 'the ids "image_1" and "image_10": one is a prefix of the other',
    accepted: {
      prompt,
      referenceImages: [
        { image, id: "image_01" },
        { image, id: "image_10" }
      ]
    }
  },
  "original-audio-needs-a-video": {
    rejected: { prompt, audio: "original" },
    says: 'audio original keeps the audio of a reference video, and there is none; set audio to "off"',
    accepted: { prompt, audio: "off" }
  }
} as const

ruleCases(omniVideo30, {
  ...shared,
  "shots-add-up": shotsCase({}),
  "references-exist": referenceCase({}, "@image_9"),
  "one-reference-video": {
    rejected: { prompt, featureVideo: { video }, baseVideo: { video } },
    says: "baseVideo and featureVideo are mutually exclusive",
    accepted: { prompt, featureVideo: { video }, multiShot: true }
  },
  "references-within-limit": {
    rejected: { prompt, referenceImages: images(4), elements: elements(4) },
    says: "referenceImages and elements total 8; at most 7",
    accepted: { prompt, referenceImages: images(4), elements: elements(3) }
  },
  "elements-with-frames": {
    rejected: { prompt, firstFrame: image, elements: elements(4) },
    says: "elements are 4; at most 3 with a first or last frame",
    accepted: { prompt, firstFrame: image, elements: elements(3) }
  },
  "base-video-without-frames": {
    rejected: { prompt, baseVideo: { video }, multiShot: false, firstFrame: image },
    says: "firstFrame cannot be combined with a video to edit",
    accepted: { prompt, baseVideo: { video }, multiShot: false }
  },
  "duration-follows-base-video": {
    rejected: { prompt, baseVideo: { video }, multiShot: false, durationSeconds: 5 },
    says: "durationSeconds would be ignored",
    accepted: { prompt, featureVideo: { video }, durationSeconds: 5 }
  },
  "audio-off-with-feature-video": {
    rejected: { prompt, featureVideo: { video }, audio: "native" },
    says: 'audio native is not supported with a feature video; set audio to "off"',
    accepted: { prompt, featureVideo: { video }, audio: "off" }
  },
  "no-native-audio-with-base-video": {
    rejected: { prompt, baseVideo: { video }, multiShot: false, audio: "native" },
    says: 'set audio to "original" or "off"',
    accepted: { prompt, baseVideo: { video }, multiShot: false, audio: "original" }
  },
  "multi-shot-with-feature-video": {
    rejected: { prompt, featureVideo: { video }, multiShot: false },
    says: "multiShot false is not supported with a feature video",
    accepted: { prompt, featureVideo: { video }, multiShot: true }
  },
  "no-multi-shot-with-base-video": {
    rejected: { prompt, baseVideo: { video } },
    says: "multiShot must be set to false",
    accepted: { prompt, baseVideo: { video }, multiShot: false }
  }
})

ruleCases(omniVideoO1, {
  ...shared,
  "references-exist": referenceCase({}, "@image_9"),
  "one-reference-video": {
    rejected: { prompt, featureVideo: { video }, baseVideo: { video } },
    says: "baseVideo and featureVideo are mutually exclusive: one reference video at most",
    accepted: { prompt, featureVideo: { video } }
  },
  "references-within-limit": {
    rejected: { prompt, featureVideo: { video }, referenceImages: images(2), elements: elements(3) },
    says: "referenceImages and elements total 5; at most 4 with a reference video",
    accepted: { prompt, featureVideo: { video }, referenceImages: images(2), elements: elements(2) }
  },
  "both-frames-alone": {
    rejected: { prompt, firstFrame: image, lastFrame: image, referenceImages: images(1) },
    says: "lastFrame cannot be combined with both a first frame and other references",
    accepted: { prompt, firstFrame: image, referenceImages: images(1) }
  },
  "duration-follows-base-video": {
    rejected: { prompt, baseVideo: { video }, durationSeconds: 5 },
    says: "durationSeconds would be ignored: the result keeps the length of the edited video",
    accepted: { prompt, baseVideo: { video } }
  },
  "duration-without-references": {
    rejected: { prompt, firstFrame: image, durationSeconds: 7 },
    says: "durationSeconds 7 requires reference images; without them use 5 or 10",
    accepted: { prompt, referenceImages: images(1), durationSeconds: 7 }
  }
})

roundTripBodies(
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
  it("accepts reference videos by URL only", () => {
    expect(problemsOf(omniVideoO1, { prompt, baseVideo: { video: "waves.mp4" } })).toEqual([
      expect.stringContaining("baseVideo.video must be an http(s) URL")
    ])
  })
})
