import { createAvatarVideo as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const createAvatarVideo = defineRequestTool({
  name: "create_avatar_video",
  title: "Create avatar video",
  description: "Make a portrait speak. Paid by the length of the audio. Returns a Task ID at once.",
  toolset: "studio",
  offers: request,
  summary: () => "Avatar video creation started successfully!"
})
