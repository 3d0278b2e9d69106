import { keptBodies } from "./testing/kept-bodies.ts"
import { ruleCases } from "./testing/rule-cases.ts"
import { textToAudio } from "./text-to-audio.ts"

ruleCases(textToAudio, {
  "duration-with-one-decimal": {
    refused: { prompt: "rain on a tin roof", durationSeconds: 4.25 },
    says: "durationSeconds 4.25 has too many decimals; nearest: 4.3",
    accepted: { prompt: "rain on a tin roof", durationSeconds: 4.3 }
  }
})

keptBodies([textToAudio, `{"prompt":"rain on a tin roof","duration":3.5,"callback_url":"https://hooks.example/kling"}`])
