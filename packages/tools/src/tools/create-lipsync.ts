import { createLipsync as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const createLipsync = defineRequestTool({
  name: "create_lipsync",
  title: "Create lip-sync",
  description: "Make the face in a video speak a recording or text. Paid. From a photo: create_avatar_video.",
  toolset: "core",
  variants: false,
  offers: viewOf(request, { descriptions: { audio: "Speech, 2 to 60 s: Task ID, URL or path" } }),
  summary: () => "Lip-sync video creation started successfully!"
})
