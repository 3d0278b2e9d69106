import { applyVideoEffect as request } from "@klingkit/core/requests"
import { defineRequestTool } from "../request-tool.ts"

export const applyVideoEffect = defineRequestTool({
  name: "apply_video_effect",
  title: "Apply video effect",
  description:
    "Make a video from one or two images with a preset effect. Paid. Returns a Task ID at once. Scenes: list_models, kind effect.",
  toolset: "core",
  offers: request,
  summary: ({ effect_scene }) => `Video effect "${String(effect_scene)}" applied successfully!`
})
