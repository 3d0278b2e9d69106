import { createSoundEffect, createSoundtrack, createSpeech } from "@klingkit/core/requests"
import * as z from "zod"
import { defineRequestTool } from "../request-tool.ts"
import { submitSchema } from "../results/submit-result.ts"
import { synchronousSchema } from "../results/synchronous-result.ts"

export const generateAudio = defineRequestTool({
  name: "generate_audio",
  title: "Generate audio",
  description:
    "Make a sound effect, audio for a video, or speech from text. Paid. Speech is returned at once, the others return a Task ID.",
  toolset: "studio",
  offers: {
    argument: "kind",
    description: "effect: a sound; soundtrack: sounds for a video; speech",
    of: { effect: createSoundEffect, soundtrack: createSoundtrack, speech: createSpeech }
  },
  output: z.object({ ...synchronousSchema.partial().shape, ...submitSchema.partial().shape }),
  summary: ({ kind }) =>
    kind === "speech" ? "Speech generated successfully!" : "Audio generation started successfully!"
})
