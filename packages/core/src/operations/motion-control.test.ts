import { describe, expect, it } from "vitest"
import { legacyMotionControl, motionControl26, motionControl30 } from "./motion-control.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, referenceCase, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/puppet.png"
const video = "https://media.example/dance.mp4"
const element = { elementId: "829836802793406551", id: "element_1" }

ruleCases(motionControl30, {
  "references-exist": referenceCase({ image, video, characterOrientation: "video" }, "@image_9"),
  "element-with-video-orientation": {
    rejected: { image, video, characterOrientation: "image", element },
    says: 'element requires characterOrientation "video"',
    accepted: { image, video, characterOrientation: "video", element }
  }
})

const legacy = { image, video, mode: "std" } as const

ruleCases(legacyMotionControl, {
  "references-exist": referenceCase({ ...legacy, characterOrientation: "image" }, "<<<voice_9>>>"),
  "element-with-video-orientation": {
    rejected: { ...legacy, model: "kling-v3", characterOrientation: "image", elements: ["160"] },
    says: 'elements requires characterOrientation "video"',
    accepted: { ...legacy, model: "kling-v3", characterOrientation: "image" }
  },
  "elements-of-model": {
    rejected: { ...legacy, characterOrientation: "video", elements: ["160"] },
    says: 'elements are not supported by kling-v2-6; set model to "kling-v3"',
    accepted: { ...legacy, model: "kling-v3", characterOrientation: "video", elements: ["160"] }
  }
})

roundTripBodies(
  [
    motionControl30,
    `{"contents":[{"type":"prompt","text":"@element_1 in a red coat"},
        {"type":"image","url":"https://media.example/p.png"},
        {"type":"video","url":"https://media.example/d.mp4"},
        {"type":"element","element_id":"829836802793406551","id":"element_1"}],
      "settings":{"character_orientation":"video","resolution":"1080p","audio":"original"},
      "options":{"callback_url":"https://hooks.example/kling"}}`
  ],
  [
    motionControl26,
    `{"contents":[{"type":"prompt","text":"a puppet in a red coat"},
        {"type":"image","url":"https://media.example/p.png"},
        {"type":"video","url":"https://media.example/d.mp4"}],
      "settings":{"character_orientation":"video","audio":"original","resolution":"1080p"},
      "options":{"callback_url":"","watermark_info":{"enabled":true}}}`
  ],
  [
    legacyMotionControl,
    `{"model_name":"kling-v3","prompt":"a puppet","image_url":"https://media.example/p.png",
      "video_url":"https://media.example/d.mp4","element_list":[{"element_id":829836802793406551}],
      "keep_original_sound":"no","character_orientation":"video","mode":"pro"}`
  ]
)

describe("motion control", () => {
  it("has neither a length nor 4k: both follow the motion video", () => {
    expect(problemsOf(motionControl30, { image, video, characterOrientation: "image", durationSeconds: 5 })).toEqual([
      "durationSeconds is not a known parameter"
    ])
    expect(problemsOf(motionControl26, { image, video, characterOrientation: "image", resolution: "4k" })).toEqual([
      expect.stringContaining("720p, 1080p")
    ])
  })
})
