import type { FamilyName, ImageRequest, OperationId, VideoRequest } from "@klingkit/core"

/** The tool for a family, and its argument names for the fields of a request. */
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

const video = { ...settings, durationSeconds: "duration", audio: "audio", multiShot: "multi_shot" } as const

const image = {
  ...settings,
  aspectRatio: "aspect_ratio",
  n: "num_images",
  image: "ref_image_url",
  imageFidelity: "ref_image_weight"
} as const

export const toolOfFamily: Partial<Record<FamilyName, ToolNames>> = {
  "text-to-video": { tool: "generate_video", arguments: { ...video, aspectRatio: "aspect_ratio" } },
  "image-to-video": {
    tool: "generate_image_to_video",
    arguments: { ...video, image: "image_url", lastImage: "image_tail_url" }
  },
  "image-generation": { tool: "generate_image", arguments: image },
  "omni-image": { tool: "generate_image", arguments: image }
}

/** The tool for an operation, and its argument names for the fields of the operation's input. */
interface OperationTool {
  readonly tool: string
  readonly arguments: Readonly<Record<string, string>>
  /** Arguments with a fixed value for this operation. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** Arguments that are arrays where the operation takes a single image. */
  readonly lists?: ReadonlyArray<string>
}

const motion: OperationTool = {
  tool: "control_motion",
  arguments: {
    image: "image_url",
    video: "video_url",
    characterOrientation: "character_orientation",
    resolution: "resolution"
  }
}

export const toolOfOperation: Readonly<Partial<Record<OperationId, OperationTool>>> = {
  "new.motion.kling-3.0": motion,
  "new.motion.kling-2.6": { ...motion, fixed: { model_name: "kling-2.6" } },
  "legacy.effects": { tool: "apply_video_effect", arguments: { scene: "effect_scene", images: "image_urls" } },
  "legacy.avatar": {
    tool: "create_avatar_video",
    arguments: { image: "image_url", soundFile: "audio_url", prompt: "prompt" }
  },
  "legacy.images.expand": {
    tool: "edit_image",
    fixed: { action: "expand" },
    lists: ["image_urls"],
    arguments: {
      image: "image_urls",
      upExpansionRatio: "up",
      downExpansionRatio: "down",
      leftExpansionRatio: "left",
      rightExpansionRatio: "right"
    }
  },
  "legacy.images.multi-image2image": {
    tool: "edit_image",
    fixed: { action: "combine" },
    arguments: { prompt: "prompt", subjectImages: "image_urls", sceneImage: "scene_image_url" }
  },
  "legacy.text-to-audio": {
    tool: "generate_audio",
    fixed: { kind: "effect" },
    arguments: { prompt: "prompt", durationSeconds: "duration" }
  },
  "legacy.video-to-audio": {
    tool: "generate_audio",
    fixed: { kind: "soundtrack" },
    arguments: { videoUrl: "video_url", soundEffectPrompt: "prompt" }
  },
  "legacy.tts": {
    tool: "generate_audio",
    fixed: { kind: "speech" },
    arguments: { text: "text", voiceId: "voice", voiceLanguage: "language" }
  },
  "legacy.image-recognize": { tool: "describe_image", arguments: { image: "image_url" } },
  "legacy.elements.presets": {
    tool: "manage_elements",
    fixed: { action: "presets" },
    arguments: { pageNum: "page", pageSize: "page_size" }
  },
  "legacy.elements.delete": {
    tool: "manage_elements",
    fixed: { action: "delete" },
    arguments: { elementId: "element_id" }
  },
  "legacy.voices.create": {
    tool: "manage_voices",
    fixed: { action: "create" },
    arguments: { name: "name", voiceUrl: "voice_url" }
  },
  "legacy.voices.presets": {
    tool: "manage_voices",
    fixed: { action: "presets" },
    arguments: { pageNum: "page", pageSize: "page_size" }
  },
  "legacy.voices.delete": { tool: "manage_voices", fixed: { action: "delete" }, arguments: { voiceId: "voice_id" } },
  "solutions.virtual_try_on": {
    tool: "virtual_try_on",
    lists: ["cloth_image_urls"],
    arguments: { personImage: "person_image_url", productImage: "cloth_image_urls" }
  }
}
