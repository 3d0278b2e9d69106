import { generateImage as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const generateImage = defineRequestTool({
  name: "generate_image",
  title: "Generate image",
  description: "Make images from a prompt. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  offers: viewOf(request, { without: ["watermark"] }),
  summary: ({ num_images = 1, aspect_ratio = "16:9" }) =>
    `Image generation started successfully! Generating ${String(num_images)} image${num_images === 1 ? "" : "s"} with aspect ratio ${String(aspect_ratio)}.`
})
