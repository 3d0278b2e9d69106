import { avatar } from "./avatar.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { referenceCase, ruleCases } from "./testing/rule-cases.ts"

const image = "https://media.example/portrait.png"
const soundFile = "https://media.example/speech.mp3"

ruleCases(avatar, {
  "references-exist": referenceCase({ image, soundFile }, "<<<video_9>>>"),
  "exactly-one-of-audio-id-and-sound-file": {
    rejected: { image },
    says: "audioId is required (or soundFile)",
    accepted: { image, soundFile }
  }
})

roundTripBodies([
  avatar,
  `{"image":"https://media.example/p.png","sound_file":"https://media.example/s.mp3","prompt":"she nods","mode":"std",
    "callback_url":""}`
])
