import { Effect } from "effect"
import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const createSoundtrack = defineRequest({
  id: "create_soundtrack",
  title: "Create soundtrack",
  summary: "Make sound effects and music for a video",
  method: "audio.soundtrack",
  result: "audio",
  input: z.strictObject({
    video: media("video", "URL or Task ID"),
    prompt: z.string().describe("What is heard").optional(),
    musicPrompt: z.string().describe("Background music").optional(),
    asmr: z.boolean().describe("Close, detailed").optional()
  }),
  source: "video",
  aliases: { video_url: "video", task_id: "video", music_prompt: "musicPrompt", music: "musicPrompt" },
  example: { video: "https://example.com/fox.mp4", prompt: "Steps in snow", musicPrompt: "A quiet piano" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const { url } = yield* context.video("video", input.video)
      return yield* planFields(
        operations["legacy.video-to-audio"],
        { videoUrl: "video", soundEffectPrompt: "prompt", musicPrompt: "musicPrompt", asmrMode: "asmr" },
        { ...input, video: url },
        context
      )
    })
})
