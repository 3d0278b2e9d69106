import { generateVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const generateVideo = defineRequestTool({
  name: "generate_video",
  title: "Generate video",
  description:
    "Make a video from a prompt; from an image: generate_image_to_video. Paid: gives a Task ID for wait_for_task.",
  toolset: "core",
  offers: viewOf(request, {
    without: ["image", "lastImage", "referenceImages", "elements", "watermark"],
    unlisted: ["dynamicRange"],
    needs: ["prompt"],
    refused: { image_url: "is an argument of generate_image_to_video" },
    descriptions: { negativePrompt: "Not with every model", prompt: "" }
  }),
  summary: () => "Video generation started successfully!"
})
