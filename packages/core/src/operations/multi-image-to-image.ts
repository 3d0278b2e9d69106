import { legacyImage } from "../media/media-rules.ts"
import { operation } from "../operation.ts"
import { enumOf, integer, array, media, string } from "../params/param.ts"
import { perImage } from "../prices/image-prices.ts"
import { legacyOptions } from "./options.ts"
import { orderedReferences } from "./prompt-references.ts"

const defaultModel = "kling-v2-1"

export const multiImageToImage = operation({
  id: "legacy.images.multi-image2image",
  summary: "Images of up to four subjects in a scene, in the style of an image",
  family: "mi2i",
  path: "/v1/images/multi-image2image",
  since: "2025-07-30",
  models: ["kling-v2-1"],
  params: {
    model: enumOf("model_name", ["kling-v2-1"], { default: defaultModel, allowUnknown: true }),
    prompt: string("prompt", { maxLength: 2500 }),
    subjectImages: array("subject_image_list[].subject_image", media("", legacyImage, {}), {
      required: true,
      min: 1,
      max: 4
    }),
    sceneImage: media("scene_image", legacyImage, {}),
    styleImage: media("style_image", legacyImage, {}),
    n: integer("n", { min: 1, max: 9, default: 1, notes: "takes n concurrency slots" }),
    aspectRatio: enumOf("aspect_ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"], {
      default: "16:9"
    }),
    ...legacyOptions
  },
  rules: [orderedReferences({ image: ["subjectImages", "sceneImage", "styleImage"] })],
  price: ({ model = defaultModel, n = 1 }) => perImage(model, "multi-image", n),
  expectedSeconds: ({ n = 1 }) => 20 + 8 * n,
  example: {
    prompt: "The woman in the market, late light",
    subjectImages: ["https://example.com/portrait.jpg"],
    sceneImage: "https://example.com/market.jpg"
  }
})
