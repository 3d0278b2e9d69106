import { generateImage as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const generateImage = defineRequestTool({
  name: "generate_image",
  title: "Generate image",
  description: "Make images from a prompt. Paid. To change an image: edit_image.",
  toolset: "core",
  offers: viewOf(request, { without: ["watermark"], descriptions: { negativePrompt: "Not with every model" } }),
  summary: ({ num_images = 1, aspect_ratio = "16:9" }) =>
    `Image generation started successfully! Generating ${String(num_images)} image${num_images === 1 ? "" : "s"} with aspect ratio ${String(aspect_ratio)}.`
})
