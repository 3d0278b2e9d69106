import { keptBodies } from "./testing/kept-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"
import { videoToAudio } from "./video-to-audio.ts"

ruleCases(videoToAudio, {
  "exactly-one-of-video-id-and-video-url": {
    refused: { videoId: "871", videoUrl: "https://media.example/rain.mp4" },
    says: "videoId and videoUrl exclude each other; leave one of them out",
    accepted: { videoId: "871", musicPrompt: "slow piano" }
  }
})

keptBodies([
  videoToAudio,
  `{"video_url":"https://media.example/rain.mp4","sound_effect_prompt":"rain","bgm_prompt":"slow piano","asmr_mode":true}`
])
