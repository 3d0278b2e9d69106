import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const createVoice = defineRequest({
  id: "create_voice",
  title: "Create voice",
  summary: "Make a voice that videos speak with, from a recording",
  method: "voice.create",
  result: "voice",
  input: z.strictObject({
    name: z.string().describe("At most 20 characters").optional(),
    audio: media("audio", "One clean speaker, 5 to 30 s; or {videoId}").optional(),
    videoId: idField("ID of a video with speech that Kling made").optional()
  }),
  aliases: { voice_url: "audio" },
  example: { name: "keeper", audio: "https://example.com/voice.mp3" },
  plan: (input, context) =>
    planFields(
      operations["legacy.voices.create"],
      { name: "name", voiceUrl: "audio", videoId: "videoId" },
      input,
      context
    )
})
