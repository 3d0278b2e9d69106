import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const createSoundEffect = defineRequest({
  id: "create_sound_effect",
  title: "Create sound effect",
  summary: "Make a sound effect from a prompt",
  method: "audio.sound",
  result: "audio",
  input: z.strictObject({
    prompt: z.string().min(1).describe("What is heard"),
    durationSeconds: z.number().describe("3 to 10 s, default 5").optional()
  }),
  example: { prompt: "Rain on a tin roof", durationSeconds: 5 },
  plan: (input, context) =>
    planFields(
      operations["legacy.text-to-audio"],
      { prompt: "prompt", durationSeconds: "durationSeconds" },
      { durationSeconds: 5, ...input },
      context
    )
})
