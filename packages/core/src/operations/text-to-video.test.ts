import { describe, expect, it } from "vitest"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf, referenceCase, ruleCases, shotOrderCase, shotsCase } from "./testing/rule-cases.ts"
import {
  legacyTextToVideo,
  textToVideo25Turbo,
  textToVideo26,
  textToVideo30,
  textToVideo30Turbo
} from "./text-to-video.ts"

const prompt = "a lighthouse in a storm"
const shots = [
  { index: 1, prompt: "calm sea", durationSeconds: 2 },
  { index: 2, prompt: "first waves", durationSeconds: 3 }
]
const written = { model: "kling-v3", multiShot: true, shotType: "customize", shots } as const

const shared = { "references-exist": referenceCase({}, "@image_9"), "shots-add-up": shotsCase({}) }
ruleCases(textToVideo30Turbo, shared)
ruleCases(textToVideo30, shared)
ruleCases(textToVideo25Turbo, { "references-exist": referenceCase({}, "@image_9") })
ruleCases(textToVideo26, {
  "references-exist": referenceCase({}, "@image_9"),
  "native-audio-at-1080p": {
    rejected: { prompt, audio: "native" },
    says: 'audio native requires resolution 1080p with kling-2.6; otherwise set audio to "off"',
    accepted: { prompt, audio: "native", resolution: "1080p" }
  }
})

ruleCases(legacyTextToVideo, {
  "references-exist": referenceCase({ model: "kling-v3" }, "<<<video_9>>>"),
  "shots-in-order": shotOrderCase({ model: "kling-v3" }),
  "prompt-or-shots": {
    rejected: { model: "kling-v3" },
    says: "prompt is required unless shots are given",
    accepted: written
  },
  "shot-type-with-multi-shot": {
    rejected: { model: "kling-v3", prompt, shotType: "intelligence" },
    says: "shotType only applies when multiShot is true",
    accepted: { model: "kling-v3", prompt, multiShot: true, shotType: "intelligence" }
  },
  "shots-with-customize": {
    rejected: { model: "kling-v3", multiShot: true, shotType: "customize" },
    says: "shots are required when shotType is customize",
    accepted: written
  },
  "prompt-ignored-with-customize": {
    rejected: { ...written, prompt },
    says: "prompt would be ignored when shotType is customize; write it into the shots",
    accepted: written
  },
  "shot-durations-add-up": {
    rejected: { ...written, durationSeconds: 10 },
    says: "shots last 5 s in total, the video 10 s; make them equal",
    accepted: { ...written, durationSeconds: 5 }
  },
  "duration-of-model": {
    rejected: { model: "kling-v2-6", prompt, durationSeconds: 7 },
    says: "durationSeconds 7 is not supported by kling-v2-6: 5 or 10",
    accepted: { model: "kling-v3", prompt, durationSeconds: 7 }
  },
  "mode-of-model": {
    rejected: { model: "kling-v2-5-turbo", prompt, mode: "4k" },
    says: "mode 4k is not supported by kling-v2-5-turbo; did you mean pro?",
    accepted: { model: "kling-v3", prompt, mode: "4k" }
  },
  "sound-of-model": {
    rejected: { model: "kling-v2-6", prompt, sound: "on" },
    says: "sound is supported by kling-v2-6 in mode pro only",
    accepted: { model: "kling-v2-6", prompt, sound: "on", mode: "pro" }
  },
  "shots-of-model": {
    rejected: { model: "kling-v2-6", prompt, multiShot: true, shotType: "intelligence" },
    says: "multiShot is not supported by kling-v2-6",
    accepted: { model: "kling-v3", prompt, multiShot: true, shotType: "intelligence" }
  }
})

const newBody = (settings: string): string =>
  `{"prompt":"a lighthouse","settings":{${settings}},
    "options":{"callback_url":"https://hooks.example/kling","watermark_info":{"enabled":false}}}`

roundTripBodies(
  [textToVideo30Turbo, newBody(`"duration":3,"resolution":"720p","aspect_ratio":"9:16"`)],
  [textToVideo30, newBody(`"resolution":"4k","aspect_ratio":"16:9","duration":15,"audio":"off","multi_shot":true`)],
  [textToVideo26, newBody(`"resolution":"1080p","aspect_ratio":"9:16","duration":10`)],
  [textToVideo25Turbo, newBody(`"resolution":"1080p","aspect_ratio":"9:16","duration":10`)],
  [
    legacyTextToVideo,
    `{"model_name":"kling-v3","multi_shot":true,"shot_type":"customize","multi_prompt":[
      {"index":1,"prompt":"calm sea","duration":"2"},{"index":2,"prompt":"first waves","duration":"3"}],
      "sound":"on","mode":"pro","aspect_ratio":"1:1","duration":"5","watermark_info":{"enabled":true}}`
  ]
)

describe("text to video", () => {
  it("explains why parameters of the v1 models are rejected", () => {
    expect(problemsOf(legacyTextToVideo, { model: "kling-v3", prompt, cfgScale: 0.5 })).toEqual([
      "cfgScale applies to retired models only; omit it"
    ])
  })

  it("has no negative prompt on the new paths, where Kling would silently ignore it", () => {
    expect(problemsOf(textToVideo30, { prompt, negativePrompt: "rain" })).toEqual([
      "negativePrompt is not a known parameter"
    ])
  })

  it("passes unknown models", () => {
    expect(problemsOf(legacyTextToVideo, { model: "kling-v9", prompt, mode: "4k", durationSeconds: 7 })).toEqual([])
  })
})
