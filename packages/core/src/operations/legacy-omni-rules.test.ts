import { legacyOmniVideo } from "./omni-video.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { referenceCase, ruleCases, shotOrderCase } from "./testing/rule-cases.ts"

const image = "https://media.example/lighthouse.png"
const video = "https://media.example/waves.mp4"
const prompt = "a lighthouse in a storm"
const images = (count: number) => Array.from({ length: count }, () => ({ image }))
const v3 = { model: "kling-v3-omni", prompt, aspectRatio: "16:9" } as const
const o1 = { ...v3, model: "kling-video-o1" } as const
const shots = [
  { index: 1, prompt: "calm sea", durationSeconds: 2 },
  { index: 2, prompt: "first waves", durationSeconds: 3 }
]
const first = { image, frame: "first_frame" } as const
const last = { image, frame: "end_frame" } as const
const feature = [{ video, referType: "feature" }] as const

ruleCases(legacyOmniVideo, {
  "references-exist": referenceCase(v3, "<<<video_9>>>"),
  "shots-in-order": shotOrderCase({ model: "kling-v3-omni", aspectRatio: "16:9" } as const),
  "at-least-one-of-prompt-shots-images-elements-videos": {
    rejected: { aspectRatio: "16:9" },
    says: "prompt is required unless one of shots, images, elements, videos",
    accepted: { aspectRatio: "16:9", elements: ["160"] }
  },
  "shot-type-with-multi-shot": {
    rejected: { ...v3, multiShot: true },
    says: "shotType is required when multiShot is true",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "shots-with-customize": {
    rejected: { ...v3, shots },
    says: "shots only apply when multiShot is true and shotType is customize",
    accepted: { model: "kling-v3-omni", aspectRatio: "16:9", multiShot: true, shotType: "customize", shots }
  },
  "prompt-ignored-with-customize": {
    rejected: { ...v3, multiShot: true, shotType: "customize", shots },
    says: "prompt would be ignored when shotType is customize",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "shot-durations-add-up": {
    rejected: {
      model: "kling-v3-omni",
      aspectRatio: "16:9",
      multiShot: true,
      shotType: "customize",
      shots,
      durationSeconds: 6
    },
    says: "shots last 5 s in total, the video 6 s",
    accepted: { model: "kling-v3-omni", aspectRatio: "16:9", multiShot: true, shotType: "customize", shots }
  },
  "duration-of-model": {
    rejected: { ...o1, images: [{ image }], durationSeconds: 12 },
    says: "durationSeconds 12 is not supported by kling-video-o1; did you mean 10?",
    accepted: { ...v3, images: [{ image }], durationSeconds: 12 }
  },
  "mode-of-model": {
    rejected: { ...o1, mode: "4k" },
    says: "mode 4k is not supported by kling-video-o1; did you mean pro?",
    accepted: { ...v3, mode: "4k" }
  },
  "sound-of-model": {
    rejected: { prompt, aspectRatio: "16:9", sound: "on" },
    says: "sound is not supported by kling-video-o1",
    accepted: { ...v3, sound: "on" }
  },
  "shots-of-model": {
    rejected: { ...o1, multiShot: true, shotType: "intelligence" },
    says: "multiShot is not supported by kling-video-o1",
    accepted: { ...v3, multiShot: true, shotType: "intelligence" }
  },
  "last-frame-needs-first-frame": {
    rejected: { ...v3, images: [last] },
    says: "images[end_frame] requires a first frame",
    accepted: { ...v3, images: [first, last] }
  },
  "references-within-limit": {
    rejected: { ...v3, images: images(4), elements: ["160", "161", "162", "163"] },
    says: "images and elements total 8; at most 7",
    accepted: { ...v3, images: images(4), elements: ["160", "161", "162"] }
  },
  "elements-with-frames": {
    rejected: { ...v3, images: [first], elements: ["160", "161", "162", "163"] },
    says: "elements are 4; at most 3",
    accepted: { ...v3, images: [first], elements: ["160", "161", "162"] }
  },
  "both-frames-alone": {
    rejected: { ...o1, images: [first, last, { image }] },
    says: "images[end_frame] cannot be combined with both a first frame and other references",
    accepted: { ...v3, images: [first, last, { image }] }
  },
  "base-video-without-frames": {
    rejected: { ...v3, images: [first], videos: [{ video }] },
    says: "images[first_frame] cannot be combined with a video to edit",
    accepted: { ...v3, images: [first], videos: feature }
  },
  "duration-follows-base-video": {
    rejected: { ...v3, videos: [{ video, referType: "base" }], durationSeconds: 5 },
    says: "durationSeconds would be ignored",
    accepted: { ...v3, videos: feature, durationSeconds: 5 }
  },
  "duration-without-references": {
    rejected: { ...o1, durationSeconds: 7 },
    says: "durationSeconds 7 requires reference images",
    accepted: { ...v3, durationSeconds: 7 }
  },
  "one-of-each-frame": {
    rejected: { ...v3, images: [first, first] },
    says: "images contain several first or end frames",
    accepted: { ...v3, images: [first] }
  },
  "images-with-video": {
    rejected: { ...v3, images: [first, ...images(4)], videos: feature },
    says: "images are 5; at most 4 with a video",
    accepted: { ...v3, images: [first, ...images(3)], videos: feature }
  },
  "sound-off-with-video": {
    rejected: { ...v3, sound: "on", videos: feature },
    says: 'sound must be "off" with a video',
    accepted: { ...v3, sound: "off", videos: feature }
  },
  "aspect-ratio-needed": {
    rejected: { model: "kling-v3-omni", prompt },
    says: "aspectRatio is required when there is neither a first frame nor a video to edit",
    accepted: { model: "kling-v3-omni", prompt, images: [first] }
  }
})

roundTripBodies([
  legacyOmniVideo,
  `{"model_name":"kling-v3-omni","prompt":"<<<element_1>>> beside <<<image_1>>>",
        "image_list":[{"image_url":"https://media.example/1.png","type":"first_frame"},
          {"image_url":"https://media.example/2.png"}],
        "element_list":[{"element_id":829836802793406551}],
        "video_list":[{"video_url":"https://media.example/w.mp4","refer_type":"feature","keep_original_sound":"no"}],
        "sound":"off","mode":"pro","aspect_ratio":"16:9","duration":"5"}`
])
