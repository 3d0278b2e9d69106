import { defaultImageModel, imageModels } from "@klingkit/core"
import { imagesOfScene } from "@klingkit/core/internal"
import { effectScenes, imageModelNames, oneOf } from "../completions.ts"
import { priceFirst, type Prompt, quoted, rhythm } from "./prompt.ts"

const ratios = [...new Set(imageModels.filter(({ state }) => state === "live").flatMap((model) => model.aspectRatios))]

export const productShot: Prompt = {
  name: "product_shot",
  title: "Product shot",
  description: "Turns a product photo into images in a setting, and a short video of the best one",
  needs: [
    "generate_image",
    "generate_image_to_video",
    "apply_video_effect",
    "quote_cost",
    "wait_for_task",
    "download_task"
  ],
  arguments: [
    { name: "picture", description: "Photo of the product: URL, or path of a local file", required: true },
    { name: "setting", description: "Surroundings and light; default a plain studio" },
    { name: "aspect_ratio", description: "Default 1:1", complete: oneOf(ratios) },
    { name: "model_name", description: `For the images; default ${defaultImageModel}`, complete: imageModelNames },
    { name: "effect_scene", description: "An effect at the end, instead of a camera move", complete: effectScenes }
  ],
  text: ({
    picture = "",
    setting = "a plain studio with soft light from one side",
    aspect_ratio = "1:1",
    model_name = defaultImageModel,
    effect_scene
  }) =>
    [
      `Make a product shot with Kling from this photo: ${quoted(picture)}`,
      `Setting: ${quoted(setting)}`,
      "",
      "Plan:",
      `1. Images: one generate_image with model_name ${model_name}, the photo as ref_image_url, ref_image_weight about 0.7 (higher stays closer to the photo), aspect_ratio ${aspect_ratio}, num_images 3. The prompt names the product, the setting, the light, the lens and the focal point. I choose among the three; each is the id of this step and #1, #2 or #3.`,
      effect_scene === undefined
        ? "2. Video: generate_image_to_video with the chosen image as image_url, duration 5. The prompt describes only what moves: one slow camera move, and perhaps light, steam or drops. The image gives the rest, including the aspect ratio."
        : `2. Video: apply_video_effect with effect_scene ${effect_scene} and ${imagesOfScene(effect_scene) === 2 ? "two of the images, left and right," : "the chosen image"} as image_urls.`,
      `3. ${priceFirst} Start small: 720p and silent until I like it.`,
      "",
      "Then:",
      rhythm
    ].join("\n")
}
