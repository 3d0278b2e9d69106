import { extendVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { namesOnly } from "./video-words.ts"

export const extendVideo = defineRequestTool({
  name: "extend_video",
  title: "Extend video",
  description:
    "Make the next shot of a finished video: a new video, without audio, that continues its look, subjects and motion. Paid. Returns a Task ID at once.",
  toolset: "core",
  offers: viewOf(request, { descriptions: namesOnly }),
  summary: () => "Video extension started successfully!"
})
