import { editVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { videoWords } from "./video-words.ts"

export const editVideo = defineRequestTool({
  name: "edit_video",
  title: "Edit video",
  description:
    "Change what a finished video shows, as the prompt says; the result is as long as the video. Paid. Returns a Task ID at once.",
  toolset: "studio",
  offers: viewOf(request, { descriptions: videoWords }),
  summary: () => "Video editing started successfully!"
})
