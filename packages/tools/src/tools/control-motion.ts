import { controlMotion as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const controlMotion = defineRequestTool({
  name: "control_motion",
  title: "Control motion",
  description:
    "Transfer the motion of a person in a video to the person in an image; the result is as long as the video. Paid. Returns a Task ID at once.",
  toolset: "studio",
  offers: request,
  summary: () => "Motion control started successfully!"
})
