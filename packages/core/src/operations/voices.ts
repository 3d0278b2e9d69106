import { Schema } from "effect"
import { voiceSource } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { id, media, string } from "../params/param.ts"
import { perCall } from "../prices/call-prices.ts"
import { LegacyTask } from "../wire/legacy-task.ts"
import { freeDelete, freeRead } from "./free-calls.ts"
import { legacyOptions } from "./options.ts"
import { maxVoicePageSize, pageParams } from "./page-params.ts"
import { exactlyOne } from "./presence-rules.ts"

export const createVoice = operation({
  id: "legacy.voices.create",
  summary: "Clones a voice for videos from a recording or a finished video",
  family: "voice",
  path: "/v1/general/custom-voices",
  since: "2025-12-16",
  params: {
    name: string("voice_name", { required: true, maxLength: 20 }),
    voiceUrl: media("voice_url", voiceSource, { notes: "one clean speaker; or videoId" }),
    videoId: id("video_id", {
      resultOf: "video",
      encodedAs: "string",
      notes: "a result of Kling 2.6 with audio, of avatar or of lip-sync; or voiceUrl"
    }),
    callbackUrl: legacyOptions.callbackUrl
  },
  rules: [exactlyOne("voiceUrl", "videoId")],
  price: () => perCall("custom-voice"),
  expectedSeconds: () => 30,
  example: { name: "Ada", voiceUrl: "https://example.com/speech.mp3" }
})

export const presetVoices = operation({
  id: "legacy.voices.presets",
  summary: "Kling's preset voices for videos; text to speech has others",
  family: "voice",
  ...freeRead,
  method: "GET",
  path: "/v1/general/presets-voices",
  since: "2025-12-16",
  params: pageParams(maxVoicePageSize),
  output: Schema.Array(LegacyTask),
  example: { pageNum: 1, pageSize: 30 }
})

export const deleteVoice = operation({
  id: "legacy.voices.delete",
  summary: "Deletes one of your voices",
  family: "voice",
  ...freeDelete,
  path: "/v1/general/delete-voices",
  since: "2025-12-16",
  params: { voiceId: id("voice_id", { required: true, encodedAs: "string" }) },
  example: { voiceId: "829836802793406551" }
})
