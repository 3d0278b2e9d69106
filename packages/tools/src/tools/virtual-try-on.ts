import { virtualTryOn as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const virtualTryOn = defineRequestTool({
  name: "virtual_try_on",
  title: "Virtual try-on",
  description:
    "Make an image of a person wearing a garment. Paid, price unknown; documented for Kling's Chinese site only.",
  toolset: "core",
  offers: viewOf(request, { unlisted: ["model"], descriptions: { personImage: "", clothImages: "One garment" } }),
  summary: () => "Virtual try-on started successfully!"
})
