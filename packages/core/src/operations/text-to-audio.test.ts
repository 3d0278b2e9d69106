import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { referenceCase, ruleCases } from "./testing/rule-cases.ts"
import { textToAudio } from "./text-to-audio.ts"

ruleCases(textToAudio, {
  "references-exist": referenceCase({ durationSeconds: 5 }, "<<<video_9>>>"),
  "duration-with-one-decimal": {
    rejected: { prompt: "rain on a tin roof", durationSeconds: 4.25 },
    says: "durationSeconds 4.25 has too many decimals; did you mean 4.3?",
    accepted: { prompt: "rain on a tin roof", durationSeconds: 4.3 }
  }
})

roundTripBodies([
  textToAudio,
  `{"prompt":"rain on a tin roof","duration":3.5,"callback_url":"https://hooks.example/kling"}`
])
