import { legacyOmniVideo } from "./omni-video.ts"
import { keptBodies } from "./testing/kept-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"

const picture = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const prompt = "a lighthouse in a storm"
const pictures = (count: number) => Array.from({ length: count }, () => ({ image: picture }))
const v3 = { model: "kling-v3-omni", prompt, aspectRatio: "16:9" } as const
const o1 = { ...v3, model: "kling-video-o1" } as const
const shots = [
  { index: 1, prompt: "calm sea", durationSeconds: 2 },
  { index: 2, prompt: "first waves", durationSeconds: 3 }
]
const first = { image: picture, frame: "first_frame" } as const
const last = { image: picture, frame: "end_frame" } as const
const feature = [{ video, referType: "feature" }] as const

ruleCases(legacyOmniVideo, {
  "at-least-one-of-prompt-shots-images-elements-videos": {
    refused: { aspectRatio: "16:9" },
    says: "prompt is required, unless there is one of shots, images, elements, videos",
    accepted: { aspectRatio: "16:9", elements: ["160"] }
  },
  "shot-type-with-multi-shot": {
    refused: { ...v3, multiShot: true },
    says: "shotType is needed when multiShot is true",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "shots-with-customize": {
    refused: { ...v3, shots },
    says: "shots are only read when multiShot is true and shotType is customize",
    accepted: { model: "kling-v3-omni", aspectRatio: "16:9", multiShot: true, shotType: "customize", shots }
  },
  "prompt-ignored-with-customize": {
    refused: { ...v3, multiShot: true, shotType: "customize", shots },
    says: "prompt would be ignored when shotType is customize",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "shot-durations-add-up": {
    refused: {
      model: "kling-v3-omni",
      aspectRatio: "16:9",
      multiShot: true,
      shotType: "customize",
      shots,
      durationSeconds: 6
    },
    says: "shots last 5 s together, the clip 6 s",
    accepted: { model: "kling-v3-omni", aspectRatio: "16:9", multiShot: true, shotType: "customize", shots }
  },
  "duration-of-model": {
    refused: { ...o1, images: [{ image: picture }], durationSeconds: 12 },
    says: "durationSeconds 12 is not possible with kling-video-o1; nearest: 10",
    accepted: { ...v3, images: [{ image: picture }], durationSeconds: 12 }
  },
  "mode-of-model": {
    refused: { ...o1, mode: "4k" },
    says: "mode 4k is not possible with kling-video-o1; nearest: pro",
    accepted: { ...v3, mode: "4k" }
  },
  "sound-of-model": {
    refused: { prompt, aspectRatio: "16:9", sound: "on" },
    says: "sound kling-video-o1 makes no sound",
    accepted: { ...v3, sound: "on" }
  },
  "shots-of-model": {
    refused: { ...o1, multiShot: true, shotType: "intelligence" },
    says: "multiShot is not possible with kling-video-o1",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "last-frame-needs-first-frame": {
    refused: { ...v3, images: [last] },
    says: "images[end_frame] needs a first frame too",
    accepted: { ...v3, images: [first, last] }
  },
  "references-within-limit": {
    refused: { ...v3, images: pictures(4), elements: ["160", "161", "162", "163"] },
    says: "images and elements are 8 together; at most 7",
    accepted: { ...v3, images: pictures(4), elements: ["160", "161", "162"] }
  },
  "elements-with-frames": {
    refused: { ...v3, images: [first], elements: ["160", "161", "162", "163"] },
    says: "elements are 4; at most 3",
    accepted: { ...v3, images: [first], elements: ["160", "161", "162"] }
  },
  "both-frames-alone": {
    refused: { ...o1, images: [first, last, { image: picture }] },
    says: "images[end_frame] cannot go with a first frame and other references at once",
    accepted: { ...v3, images: [first, last, { image: picture }] }
  },
  "base-video-without-frames": {
    refused: { ...v3, images: [first], videos: [{ video }] },
    says: "images[first_frame] cannot go with a video to edit",
    accepted: { ...v3, images: [first], videos: feature }
  },
  "duration-follows-base-video": {
    refused: { ...v3, videos: [{ video, referType: "base" }], durationSeconds: 5 },
    says: "durationSeconds would be ignored",
    accepted: { ...v3, videos: feature, durationSeconds: 5 }
  },
  "duration-without-references": {
    refused: { ...o1, durationSeconds: 7 },
    says: "durationSeconds 7 is possible with reference pictures only",
    accepted: { ...v3, durationSeconds: 7 }
  },
  "one-of-each-frame": {
    refused: { ...v3, images: [first, first] },
    says: "images hold several first or end frames",
    accepted: { ...v3, images: [first] }
  },
  "images-with-video": {
    refused: { ...v3, images: [first, ...pictures(4)], videos: feature },
    says: "images are 5; at most 4 beside a video",
    accepted: { ...v3, images: [first, ...pictures(3)], videos: feature }
  },
  "sound-off-with-video": {
    refused: { ...v3, sound: "on", videos: feature },
    says: 'sound must be "off" beside a video',
    accepted: { ...v3, sound: "off", videos: feature }
  },
  "aspect-ratio-needed": {
    refused: { model: "kling-v3-omni", prompt },
    says: "aspectRatio is needed when there is neither a first frame nor a video to edit",
    accepted: { model: "kling-v3-omni", prompt, images: [first] }
  }
})

keptBodies([
  legacyOmniVideo,
  `{"model_name":"kling-v3-omni","prompt":"<<<element_1>>> beside <<<image_1>>>",
        "image_list":[{"image_url":"https://media.example/1.png","type":"first_frame"},
          {"image_url":"https://media.example/2.png"}],
        "element_list":[{"element_id":829836802793406551}],
        "video_list":[{"video_url":"https://media.example/w.mp4","refer_type":"feature","keep_original_sound":"no"}],
        "sound":"off","mode":"pro","aspect_ratio":"16:9","duration":"5"}`
])
