import { editVideo as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const editVideo = defineRequestTool({
  name: "edit_video",
  title: "Edit video",
  description:
    "Change what a finished video shows, as the prompt says; the result is as long as the video. Paid. Returns a Task ID at once.",
  toolset: "studio",
  offers: request,
  summary: () => "Video editing started successfully!"
})
