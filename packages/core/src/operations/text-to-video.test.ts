import { describe, expect, it } from "vitest"
import { keptBodies } from "./testing/kept-bodies.ts"
import { problemsOf, ruleCases } from "./testing/rule-cases.ts"
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

ruleCases(textToVideo26, {
  "native-audio-at-1080p": {
    refused: { prompt, audio: "native" },
    says: 'audio native is made at 1080p only; set resolution to "1080p" or audio to "off"',
    accepted: { prompt, audio: "native", resolution: "1080p" }
  }
})

ruleCases(legacyTextToVideo, {
  "prompt-or-shots": {
    refused: { model: "kling-v3" },
    says: "prompt is required unless shots are given",
    accepted: written
  },
  "shot-type-with-multi-shot": {
    refused: { model: "kling-v3", prompt, shotType: "intelligence" },
    says: "shotType only has a meaning when multiShot is true",
    accepted: { model: "kling-v3", prompt, multiShot: true, shotType: "intelligence" }
  },
  "shots-with-customize": {
    refused: { model: "kling-v3", multiShot: true, shotType: "customize" },
    says: "shots are needed when shotType is customize",
    accepted: written
  },
  "prompt-ignored-with-customize": {
    refused: { ...written, prompt },
    says: "prompt would be ignored when shotType is customize; write it into the shots",
    accepted: written
  },
  "shot-durations-add-up": {
    refused: { ...written, durationSeconds: 10 },
    says: "shots last 5 s together, the clip 10 s; make them equal",
    accepted: { ...written, durationSeconds: 5 }
  },
  "duration-of-model": {
    refused: { model: "kling-v2-6", prompt, durationSeconds: 7 },
    says: "durationSeconds 7 is not possible with kling-v2-6: 5 or 10",
    accepted: { model: "kling-v3", prompt, durationSeconds: 7 }
  },
  "mode-of-model": {
    refused: { model: "kling-v2-5-turbo", prompt, mode: "4k" },
    says: "mode 4k is not possible with kling-v2-5-turbo; nearest: pro",
    accepted: { model: "kling-v3", prompt, mode: "4k" }
  },
  "sound-of-model": {
    refused: { model: "kling-v2-6", prompt, sound: "on" },
    says: "sound kling-v2-6 makes sound in mode pro only",
    accepted: { model: "kling-v2-6", prompt, sound: "on", mode: "pro" }
  },
  "shots-of-model": {
    refused: { model: "kling-v2-6", prompt, multiShot: true, shotType: "intelligence" },
    says: "multiShot is not possible with kling-v2-6",
    accepted: { model: "kling-v3", prompt, multiShot: true, shotType: "intelligence" }
  }
})

const newBody = (settings: string): string =>
  `{"prompt":"a lighthouse","settings":{${settings}},
    "options":{"callback_url":"https://hooks.example/kling","watermark_info":{"enabled":false}}}`

keptBodies(
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
  it("tells why what the v1 models took is refused", () => {
    expect(problemsOf(legacyTextToVideo, { model: "kling-v3", prompt, cfgScale: 0.5 })).toEqual([
      "cfgScale was only for models that Kling has switched off; leave it out"
    ])
  })

  it("knows no negative prompt on the new paths, where Kling would ignore it in silence", () => {
    expect(problemsOf(textToVideo30, { prompt, negativePrompt: "rain" })).toEqual([
      "negativePrompt is not a parameter here"
    ])
  })

  it("lets a model pass that it does not know", () => {
    expect(problemsOf(legacyTextToVideo, { model: "kling-v9", prompt, mode: "4k", durationSeconds: 7 })).toEqual([])
  })
})
