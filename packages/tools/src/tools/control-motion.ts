import { controlMotion as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const controlMotion = defineRequestTool({
  name: "control_motion",
  title: "Control motion",
  description: "Transfer the motion of a person in a video to the person in an image; as long as the video. Paid.",
  toolset: "core",
  offers: viewOf(request, {
    descriptions: {
      image: "Who moves",
      characterOrientation: "Who moves faces as in the image, or turns as in the video (default)"
    }
  }),
  summary: () => "Motion control started successfully!"
})
