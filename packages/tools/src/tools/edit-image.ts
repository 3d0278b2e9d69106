import { combineImages, editImage as request, expandImage } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const editImage = defineRequestTool({
  name: "edit_image",
  title: "Edit image",
  description: "Change images: shape, background, style, anything that a prompt says. Paid.",
  toolset: "core",
  offers: {
    argument: "action",
    description: "expand: to another shape; combine: subjects into one image; omni: any change, by prompt",
    of: {
      expand: viewOf(expandImage, {
        descriptions: {
          image: "one",
          up: "Fraction of the height to add",
          down: "",
          left: "Fraction of the width",
          right: "",
          aspectRatio: "instead of up...",
          prompt: "the new area"
        }
      }),
      combine: viewOf(combineImages, {
        descriptions: { images: "1 to 4 subjects", sceneImage: "Where they are", styleImage: "How it looks" }
      }),
      omni: viewOf(request, {
        descriptions: { images: "up to 10", elements: "", series: "So many that belong together" }
      })
    }
  },
  summary: () => "Image editing started successfully!"
})
