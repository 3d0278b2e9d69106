import { generateVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { videoDescriptions } from "./video-descriptions.ts"

const needsImage = "are an argument of generate_image_to_video"

export const generateVideo = defineRequestTool({
  name: "generate_video",
  title: "Generate video",
  description:
    "Make a video from a prompt; from an image: generate_image_to_video. Paid: gives a Task ID for wait_for_task.",
  toolset: "core",
  offers: viewOf(request, {
    without: ["image", "lastImage", "voices", "watermark"],
    unlisted: ["dynamicRange"],
    refused: { image_url: "is an argument of generate_image_to_video", voice_ids: needsImage, voices: needsImage },
    descriptions: { ...videoDescriptions, negativePrompt: "Not with every model" }
  }),
  summary: () => "Video generation started successfully!"
})
