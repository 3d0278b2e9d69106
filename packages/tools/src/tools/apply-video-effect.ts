import { applyVideoEffect as request } from "@klingkit/core/requests"
import { viewOf } from "../request-arguments.ts"
import { defineRequestTool } from "../request-tool.ts"

export const applyVideoEffect = defineRequestTool({
  name: "apply_video_effect",
  title: "Apply video effect",
  description:
    "Make a video from one or two images with a preset effect, without a prompt. Paid. Scenes: list_models, kind effect.",
  toolset: "core",
  offers: viewOf(request, { descriptions: { images: "Two: left, right" } }),
  summary: ({ effect_scene }) => `Video effect "${String(effect_scene)}" applied successfully!`
})
