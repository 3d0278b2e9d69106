import { combineImages, editImage as request, expandImage } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const editImage = defineRequestTool({
  name: "edit_image",
  title: "Edit image",
  description:
    "Edit images: extend beyond the edges, combine subjects, or follow a prompt. Paid. Returns a Task ID at once.",
  toolset: "studio",
  offers: {
    argument: "action",
    description: "expand: beyond the edges; combine: subjects into one image; omni: as the prompt says",
    of: { expand: expandImage, combine: combineImages, omni: request }
  },
  summary: () => "Image editing started successfully!"
})
