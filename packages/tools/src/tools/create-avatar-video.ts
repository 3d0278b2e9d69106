import { createAvatarVideo as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const createAvatarVideo = defineRequestTool({
  name: "create_avatar_video",
  title: "Create avatar video",
  description:
    "Make a portrait photo speak. Paid by the length of the speech. From text: first generate_audio, kind speech.",
  toolset: "core",
  offers: request,
  summary: () => "Avatar video creation started successfully!"
})
