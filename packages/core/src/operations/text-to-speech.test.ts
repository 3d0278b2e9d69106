import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { fromLegacyTask } from "../wire/legacy-task.ts"
import { roundTripBodies } from "./testing/round-trip-bodies.ts"
import { problemsOf } from "./testing/rule-cases.ts"
import { textToSpeech } from "./text-to-speech.ts"

roundTripBodies([textToSpeech, `{"text":"Ship ahoy","voice_id":"oversea_male1","voice_language":"en","voice_speed":1}`])

describe("speech", () => {
  it("is a finished task, with its cost and without an external id", () => {
    const answer = Schema.decodeUnknownSync(textToSpeech.output ?? Schema.Never)({
      task_id: "871",
      task_status: "succeed",
      task_status_msg: "",
      task_result: { audios: [{ id: "872", url: "https://media.example/s.mp3", duration: "3.2" }] },
      final_unit_deduction: "0.05",
      final_balance_deduction: { quota: "0", list_price: "0" },
      created_at: 1_790_000_000_000,
      updated_at: 1_790_000_011_000
    })
    expect(fromLegacyTask(answer)).toMatchObject({
      status: "succeed",
      outputs: [{ type: "audio", id: "872", durationSeconds: 3.2 }],
      charges: [{ kind: "unit", amount: 0.05 }]
    })
    expect(textToSpeech.externalId).toBeUndefined()
  })

  it("is at most 1000 characters long, counted as characters", () => {
    const voice = { voiceId: "oversea_male1", voiceLanguage: "en" }
    expect(problemsOf(textToSpeech, { ...voice, text: "🌊".repeat(1000) })).toEqual([])
    expect(problemsOf(textToSpeech, { ...voice, text: "🌊".repeat(1001) })).toEqual([
      "text is 1001 characters long; the limit is 1000"
    ])
  })
})
