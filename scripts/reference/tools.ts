import type { FamilyName, ImageRequest, VideoRequest } from "@klingkit/core"

/** The tool that makes what a family makes, and what it calls the fields of a request. */
interface ToolNames {
  readonly tool: string
  readonly arguments: Readonly<Partial<Record<keyof VideoRequest | keyof ImageRequest, string>>>
}

const settings = {
  prompt: "prompt",
  model: "model_name",
  negativePrompt: "negative_prompt",
  resolution: "resolution"
} as const

const clip = { ...settings, durationSeconds: "duration", audio: "audio", multiShot: "multi_shot" } as const

const picture = {
  ...settings,
  aspectRatio: "aspect_ratio",
  n: "num_images",
  image: "ref_image_url",
  imageFidelity: "ref_image_weight"
} as const

export const toolOfFamily: Partial<Record<FamilyName, ToolNames>> = {
  "text-to-video": { tool: "generate_video", arguments: { ...clip, aspectRatio: "aspect_ratio" } },
  "image-to-video": {
    tool: "generate_image_to_video",
    arguments: { ...clip, image: "image_url", lastImage: "image_tail_url" }
  },
  "image-generation": { tool: "generate_image", arguments: picture },
  "omni-image": { tool: "generate_image", arguments: picture }
}
