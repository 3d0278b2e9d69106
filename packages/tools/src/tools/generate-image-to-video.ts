import { generateVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { videoDescriptions } from "./video-descriptions.ts"

export const generateImageToVideo = defineRequestTool({
  name: "generate_image_to_video",
  title: "Generate video from image",
  description: "Make a video that starts from an image. Paid. For a face that speaks: create_avatar_video.",
  toolset: "core",
  offers: viewOf(request, {
    without: ["aspectRatio", "watermark"],
    unlisted: ["dynamicRange"],
    needs: ["image"],
    refused: { aspect_ratio: "is that of the image; leave it out" },
    descriptions: {
      ...videoDescriptions,
      negativePrompt: "Not with every model",
      lastImage: "Last frame",
      model: "As generate_video"
    }
  }),
  summary: () => "Image-to-video generation started successfully!"
})
