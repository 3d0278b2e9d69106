import { Schema } from "effect"
import { voiceSource } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { id, media, text } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { free } from "../prices/quote.ts"
import { DeleteAnswer } from "../wire/delete-answer.ts"
import { LegacyTask } from "../wire/legacy-task.ts"
import { legacyOptions } from "./options.ts"
import { largestPageOfVoices, pageParams } from "./page-params.ts"
import { exactlyOne } from "./presence-rules.ts"

export const createVoice = operation({
  id: "legacy.voices.create",
  summary: "A voice that videos can speak with, from a recording or from a finished video",
  family: "voice",
  path: "/v1/general/custom-voices",
  since: "2025-12-16",
  params: {
    name: text("voice_name", { required: true, maxLength: 20 }),
    voiceUrl: media("voice_url", voiceSource, { notes: "one clean speaker; or videoId" }),
    videoId: id("video_id", {
      sentAs: "string",
      notes: "a result of Kling 2.6 with sound, of avatar or of lip-sync; or voiceUrl"
    }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [exactlyOne("voiceUrl", "videoId")],
  price: () => perCall("custom-voice"),
  usualSeconds: () => 30,
  example: { name: "Ada", voiceUrl: "https://example.com/speech.mp3" }
})

export const presetVoices = operation({
  id: "legacy.voices.presets",
  summary: "Kling's own voices for videos; text to speech has others",
  family: "voice",
  kind: "read",
  method: "GET",
  path: "/v1/general/presets-voices",
  since: "2025-12-16",
  params: pageParams(largestPageOfVoices),
  price: () => free,
  usualSeconds: () => 0,
  output: Schema.Array(LegacyTask),
  example: { pageNum: 1, pageSize: 30 }
})

export const deleteVoice = operation({
  id: "legacy.voices.delete",
  summary: "Deletes a voice of yours",
  family: "voice",
  kind: "delete",
  path: "/v1/general/delete-voices",
  since: "2025-12-16",
  params: { voiceId: id("voice_id", { required: true, sentAs: "string" }) },
  price: () => free,
  output: DeleteAnswer,
  example: { voiceId: "829836802793406551" }
})
