import { operation } from "../operation.ts"
import { enumOf, number, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { LegacyTask } from "../wire/legacy-task.ts"

export const textToSpeech = operation({
  id: "legacy.tts",
  summary: "Speech from text; synchronous, returns a finished task",
  family: "tts",
  kind: "call",
  billed: true,
  path: "/v1/audio/tts",
  since: "2025-09-15",
  params: {
    text: string("text", { required: true, maxLength: 1000 }),
    voiceId: string("voice_id", {
      required: true,
      notes: "from Kling's guide to speech voices, such as oversea_male1; voices for videos are rejected"
    }),
    voiceLanguage: enumOf("voice_language", ["zh", "en"], { required: true, default: "zh" }),
    voiceSpeed: number("voice_speed", { min: 0.8, max: 2, default: 1 })
  },
  output: LegacyTask,
  price: () => perCall("tts"),
  // Measured once: about 11 s.
  expectedSeconds: () => 11,
  example: { text: "Good morning", voiceId: "oversea_male1", voiceLanguage: "en" }
})
