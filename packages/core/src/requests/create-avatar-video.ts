import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"
import { modeOfResolution } from "./video-fields.ts"

const speechFirst = "takes two steps: make the speech first, then give its id as {audioId}"

export const createAvatarVideo = defineRequest({
  id: "create_avatar_video",
  title: "Create avatar video",
  summary: "Make a portrait speak; paid by the length of the audio",
  method: "video.avatar",
  result: "video",
  input: z.strictObject({
    image: media("image", "Portrait: Task ID, URL or path"),
    audio: media("audio", "Speech, 2 to 300 s: Task ID, URL or path; or {audioId}").optional(),
    audioId: idField("ID of speech that Kling made").optional(),
    prompt: z.string().describe("What the speaker does").optional(),
    resolution: z.enum(["720p", "1080p"]).describe("Default 720p").optional()
  }),
  source: "image",
  aliases: { image_url: "image", audio_url: "audio" },
  refused: { text: speechFirst, ttsText: speechFirst },
  example: { image: "https://example.com/face.png", audio: "https://example.com/speech.mp3" },
  plan: (input, context) =>
    planFields(
      operations["legacy.avatar"],
      {
        image: "image",
        soundFile: "audio",
        audioId: "audioId",
        prompt: "prompt",
        mode: ["resolution", modeOfResolution]
      },
      { resolution: "720p", ...input },
      context
    )
})
