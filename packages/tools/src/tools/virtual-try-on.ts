import { virtualTryOn as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const virtualTryOn = defineRequestTool({
  name: "virtual_try_on",
  title: "Virtual try-on",
  description: "Make an image of a person wearing a garment. Paid. Returns a Task ID at once; then call wait_for_task.",
  toolset: "core",
  offers: request,
  summary: () => "Virtual try-on started successfully!"
})
