import { generateVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { videoWords } from "./video-words.ts"

export const generateImageToVideo = defineRequestTool({
  name: "generate_image_to_video",
  title: "Generate video from image",
  description: "Make a video that starts from an image. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  offers: viewOf(request, {
    without: ["aspectRatio", "watermark"],
    needs: ["image"],
    refused: { aspect_ratio: "is that of the image; leave it out" },
    descriptions: videoWords
  }),
  summary: () => "Image-to-video generation started successfully!"
})
