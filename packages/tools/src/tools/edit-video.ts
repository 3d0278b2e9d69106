import { editVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { videoDescriptions } from "./video-descriptions.ts"

export const editVideo = defineRequestTool({
  name: "edit_video",
  title: "Edit video",
  description: "Change what a finished video shows (background, subject, style); its length stays. Paid.",
  toolset: "core",
  offers: viewOf(request, { unlisted: ["dynamicRange"], descriptions: videoDescriptions }),
  summary: () => "Video editing started successfully!"
})
