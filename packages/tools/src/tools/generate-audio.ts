import { createSoundEffect, createSoundtrack, createSpeech } from "@klingkit/core/requests"
import * as z from "zod"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { submitSchema } from "../results/submit-result.ts"
import { synchronousSchema } from "../results/synchronous-result.ts"

export const generateAudio = defineRequestTool({
  name: "generate_audio",
  title: "Generate audio",
  description: "Make audio as a file. Paid. For a face that speaks: create_lipsync.",
  toolset: "core",
  offers: {
    argument: "kind",
    description: "effect: a sound; soundtrack: sounds and music for a video; speech: text spoken, answered at once",
    of: {
      effect: createSoundEffect,
      soundtrack: viewOf(createSoundtrack, { unlisted: ["asmr"] }),
      speech: viewOf(createSpeech, { unlisted: ["language", "speed"] })
    }
  },
  output: z.object({ ...synchronousSchema.partial().shape, ...submitSchema.partial().shape }),
  summary: ({ kind }) =>
    kind === "speech" ? "Speech generated successfully!" : "Audio generation started successfully!"
})
