import { defaultImageModel, imageModels } from "@klingkit/core"
import { effectScenes, imageModelNames, oneOf } from "../completions.ts"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

const ratios = [...new Set(imageModels.filter(({ state }) => state === "live").flatMap((model) => model.aspectRatios))]

export const productShot: Prompt = {
  name: "product_shot",
  title: "Product shot",
  description: "From the photo of a product to pictures in a setting, and a short clip of the best one",
  needs: ["generate_image", "generate_image_to_video", "quote_cost", "wait_for_task", "download_task"],
  arguments: [
    { name: "picture", description: "Photo of the product: URL, or path of a local file", required: true },
    { name: "setting", description: "Where it stands, in which light; default a plain studio" },
    { name: "aspect_ratio", description: "Default 1:1", complete: oneOf(ratios) },
    { name: "model_name", description: `For the pictures; default ${defaultImageModel}`, complete: imageModelNames },
    { name: "effect_scene", description: "An effect at the end, instead of a camera move", complete: effectScenes }
  ],
  text: (
    {
      picture = "",
      setting = "a plain studio with soft light from one side",
      aspect_ratio = "1:1",
      model_name = defaultImageModel,
      effect_scene
    },
    has
  ) =>
    [
      `Make a product shot with Kling from this photo: ${quoted(picture)}`,
      `Setting: ${quoted(setting)}`,
      "",
      "Plan:",
      `1. Pictures: one generate_image with model_name ${model_name}, the photo as ref_image_url, ref_image_weight about 0.7 (higher keeps the product nearer to the photo), aspect_ratio ${aspect_ratio}, num_images 3. The prompt names the product, the setting, the light, the lens and what the eye is to rest on. I choose one of the three.`,
      effect_scene === undefined || !has("apply_video_effect")
        ? "2. Clip: generate_image_to_video with the chosen picture as image_url, 5 s. The prompt tells only what moves: one slow move of the camera, and perhaps light, steam or drops. The picture gives the rest, and the shape."
        : `2. Clip: apply_video_effect with effect_scene ${effect_scene} on the chosen picture.`,
      `3. ${priceFirst} Small first: 720p and silent until I like it.`,
      "",
      "Make:",
      rhythm
    ].join("\n")
}
