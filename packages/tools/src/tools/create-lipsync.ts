import { createLipsync as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const createLipsync = defineRequestTool({
  name: "create_lipsync",
  title: "Create lip-sync",
  description:
    "Make the face in a video speak a recording or text. Paid: face search, speech, lip-sync. Returns a Task ID at once.",
  toolset: "core",
  variants: false,
  offers: request,
  summary: () => "Lip-sync video creation started successfully!"
})
