import * as z from "zod"
import { paidArguments } from "../inputs/paid-arguments.ts"
import {
  negativePrompt,
  planVideoArguments,
  retiredVideoArguments,
  taskPrompt,
  videoAspectRatio,
  videoSettings
} from "../inputs/video-arguments.ts"
import { definePaidTool } from "../paid-tool.ts"

export const generateVideo = definePaidTool({
  name: "generate_video",
  title: "Generate video",
  description: "Make a video from a prompt. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  input: z.strictObject({
    prompt: taskPrompt,
    negative_prompt: negativePrompt,
    ...videoSettings,
    aspect_ratio: videoAspectRatio,
    ...paidArguments
  }),
  refused: { ...retiredVideoArguments, image_url: "is an argument of generate_image_to_video" },
  plan: (args) => planVideoArguments(args),
  summary: () => "Video generation started successfully!"
})
