import { operations } from "@klingkit/core"
import * as z from "zod"
import { paidArguments } from "../inputs/paid-arguments.ts"
import { planWithMedia } from "../inputs/plan-with-media.ts"
import { definePaidTool } from "../paid-tool.ts"

const names = { image: "image_url", soundFile: "audio_url", audioId: "audio_id", mode: "resolution" }

export const createAvatarVideo = definePaidTool({
  name: "create_avatar_video",
  title: "Create avatar video",
  description: "Make a portrait speak. Paid by the length of the audio. Returns a Task ID at once.",
  toolset: "studio",
  input: z.strictObject({
    image_url: z.string().describe("Portrait: URL or local path"),
    audio_url: z.string().optional().describe("Speech, 2 to 300 s: URL or path; or audio_id"),
    audio_id: z.string().optional().describe("ID of speech made by generate_audio"),
    prompt: z.string().optional().describe("What the speaker does"),
    resolution: z.enum(["720p", "1080p"]).optional().describe("Default 720p"),
    ...paidArguments
  }),
  refused: { tts_text: "takes two steps: generate_audio with kind speech first, then its ID as audio_id" },
  plan: ({ image_url, audio_url, audio_id, prompt, resolution = "720p" }) =>
    planWithMedia(
      operations["legacy.avatar"],
      {
        image: image_url,
        soundFile: audio_url,
        audioId: audio_id,
        prompt,
        mode: resolution === "720p" ? "std" : "pro"
      },
      names
    ),
  summary: () => "Avatar video creation started successfully!"
})
