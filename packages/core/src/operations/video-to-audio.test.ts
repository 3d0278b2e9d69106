import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"
import { videoToAudio } from "./video-to-audio.ts"

ruleCases(videoToAudio, {
  "exactly-one-of-video-id-and-video-url": {
    rejected: { videoId: "871", videoUrl: "https://media.example/rain.mp4" },
    says: "videoId and videoUrl are mutually exclusive; omit one of them",
    accepted: { videoId: "871", musicPrompt: "slow piano" }
  }
})

roundTripBodies([
  videoToAudio,
  `{"video_url":"https://media.example/rain.mp4","sound_effect_prompt":"rain","bgm_prompt":"slow piano","asmr_mode":true}`
])
