import {
  imageToVideo25Turbo,
  imageToVideo26,
  imageToVideo30,
  imageToVideo30Turbo,
  legacyImageToVideo
} from "./image-to-video.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { referenceCase, ruleCases, shotOrderCase, shotsCase } from "./testing/rule-cases.ts"

const image = "https://media.example/lighthouse.png"
const shots = [{ index: 1, prompt: "calm sea", durationSeconds: 5 }]
const native = { firstFrame: image, audio: "native", resolution: "1080p" } as const
const voice = (id: string) => ({ voiceId: "891495440020668439", id })

ruleCases(imageToVideo30Turbo, {
  "references-exist": referenceCase({ firstFrame: image }, "@image_9"),
  "shots-add-up": shotsCase({ firstFrame: image })
})

ruleCases(imageToVideo30, {
  "references-exist": referenceCase({ firstFrame: image }, "@image_9"),
  "shots-add-up": shotsCase({ firstFrame: image }),
  "unambiguous-ids": {
    rejected: { firstFrame: image, elements: ["a", "a"].map((id) => ({ elementId: "160", id })) },
    says: 'elements and other contents use the id "a" twice; ids must be unique',
    accepted: { firstFrame: image, elements: ["a", "b"].map((id) => ({ elementId: "160", id })) }
  }
})

const lastFrameAt1080p = {
  rejected: { firstFrame: image, lastFrame: image },
  says: "lastFrame requires resolution 1080p with kling-2.",
  accepted: { firstFrame: image, lastFrame: image, resolution: "1080p" }
} as const

ruleCases(imageToVideo26, {
  "references-exist": referenceCase({ firstFrame: image }, "@image_9"),
  "native-audio-at-1080p": {
    rejected: { firstFrame: image, audio: "native", resolution: "720p" },
    says: 'audio native requires resolution 1080p with kling-2.6; otherwise set audio to "off"',
    accepted: native
  },
  "last-frame-at-1080p": lastFrameAt1080p,
  "last-frame-silent": {
    rejected: { ...native, lastFrame: image },
    says: 'lastFrame makes a silent video with kling-2.6; set audio to "off" or omit the last frame',
    accepted: { ...native, audio: "off", lastFrame: image }
  },
  "voices-need-audio": {
    rejected: { firstFrame: image, voices: [voice("1")] },
    says: 'voices need audio "native"',
    accepted: { ...native, voices: [voice("1")] }
  },
  "unambiguous-ids": {
    rejected: { ...native, voices: [voice("1"), voice("10")] },
    says: 'voices and other contents have the ids "1" and "10"',
    accepted: { ...native, voices: [voice("1"), voice("2")] }
  }
})

ruleCases(imageToVideo25Turbo, {
  "last-frame-at-1080p": lastFrameAt1080p,
  "references-exist": referenceCase({ firstFrame: image }, "@image_9")
})

const v3 = { model: "kling-v3", image } as const
const v26 = { model: "kling-v2-6", image } as const

ruleCases(legacyImageToVideo, {
  "references-exist": referenceCase(v3, "<<<video_9>>>"),
  "shots-in-order": shotOrderCase(v3),
  "image-or-image-tail": {
    rejected: { model: "kling-v3", prompt: "a storm" },
    says: "image is required (or imageTail)",
    accepted: { model: "kling-v3", imageTail: image }
  },
  "last-frame-in-mode-pro": {
    rejected: { ...v26, imageTail: image },
    says: "imageTail is supported by kling-v2-6 in mode pro only",
    accepted: { ...v26, imageTail: image, mode: "pro" }
  },
  "last-frame-silent": {
    rejected: { ...v26, imageTail: image, mode: "pro", sound: "on" },
    says: 'imageTail makes a silent video with kling-v2-6; set sound to "off" or omit the last frame',
    accepted: { ...v3, imageTail: image, sound: "on" }
  },
  "elements-or-voices": {
    rejected: { ...v3, sound: "on", elements: ["160"], voices: ["1"] },
    says: "elements and voices are mutually exclusive",
    accepted: { ...v3, sound: "on", elements: ["160"] }
  },
  "elements-of-model": {
    rejected: { ...v26, elements: ["160"] },
    says: "elements are not supported by kling-v2-6",
    accepted: { ...v3, elements: ["160"] }
  },
  "voices-need-sound": {
    rejected: { ...v3, voices: ["1"] },
    says: 'voices need sound "on"',
    accepted: { ...v3, sound: "on", voices: ["1"] }
  },
  "shot-type-with-multi-shot": {
    rejected: { ...v3, multiShot: true },
    says: "shotType is required when multiShot is true: customize or intelligence",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "shots-with-customize": {
    rejected: { ...v3, shots },
    says: "shots only apply when multiShot is true and shotType is customize",
    accepted: { ...v3, multiShot: true, shotType: "customize", shots }
  },
  "prompt-ignored-with-customize": {
    rejected: { ...v3, prompt: "a storm", multiShot: true, shotType: "customize", shots },
    says: "prompt would be ignored",
    accepted: { ...v3, prompt: "a storm", multiShot: true, shotType: "intelligence" }
  },
  "shot-durations-add-up": {
    rejected: { ...v3, multiShot: true, shotType: "customize", shots, durationSeconds: 6 },
    says: "shots last 5 s in total, the video 6 s",
    accepted: { ...v3, multiShot: true, shotType: "customize", shots, durationSeconds: 5 }
  },
  "duration-of-model": {
    rejected: { ...v26, durationSeconds: 6 },
    says: "durationSeconds 6 is not supported by kling-v2-6: 5 or 10",
    accepted: { ...v26, durationSeconds: 10 }
  },
  "mode-of-model": {
    rejected: { ...v26, mode: "4k" },
    says: "mode 4k is not supported by kling-v2-6",
    accepted: { ...v3, mode: "4k" }
  },
  "sound-of-model": {
    rejected: { model: "kling-v2-5-turbo", image, sound: "on" },
    says: "sound is not supported by kling-v2-5-turbo; omit it",
    accepted: { ...v26, sound: "on", mode: "pro" }
  },
  "shots-of-model": {
    rejected: { ...v26, multiShot: true, shotType: "intelligence" },
    says: "multiShot is not supported by kling-v2-6",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  }
})

const newBody = (settings: string, more = ""): string =>
  `{"contents":[{"type":"prompt","text":"a storm"},{"type":"first_frame","url":"https://media.example/1.png"}${more}],
    "settings":{${settings}},
    "options":{"callback_url":"https://hooks.example/kling","watermark_info":{"enabled":true}}}`

roundTripBodies(
  [imageToVideo30Turbo, newBody(`"resolution":"1080p","duration":10`)],
  [
    imageToVideo30,
    newBody(
      `"resolution":"4k","duration":10,"audio":"off","multi_shot":false`,
      `,{"type":"element","element_id":"829836802793406551","id":"element_1"}`
    )
  ],
  [
    imageToVideo26,
    newBody(
      `"audio":"native","resolution":"1080p","duration":5`,
      `,{"type":"voice","voice_id":"891495440020668439","id":"1"}`
    )
  ],
  [imageToVideo25Turbo, newBody(`"resolution":"1080p","duration":5`)],
  [
    legacyImageToVideo,
    `{"model_name":"kling-v3","image":"https://media.example/1.png","prompt":"a storm",
      "element_list":[{"element_id":829836802793406551}],"sound":"on","mode":"pro","duration":"5"}`
  ]
)
