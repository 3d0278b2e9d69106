import { extendVideo as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"
import { namesOnly } from "./video-descriptions.ts"

export const extendVideo = defineRequestTool({
  name: "extend_video",
  title: "Extend video",
  description: "Continue a finished video: the next shot as a new, silent video, not a longer file. Paid.",
  toolset: "core",
  offers: viewOf(request, { unlisted: ["dynamicRange"], descriptions: namesOnly }),
  summary: () => "Video extension started successfully!"
})
