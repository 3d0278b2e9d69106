import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { idField } from "./id-field.ts"
import { suggested } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"
import { imageCount } from "./image-fields.ts"

export const editImage = defineRequest({
  id: "edit_image",
  title: "Edit image",
  summary: "Edit or combine up to ten images as a prompt says",
  method: "image.edit",
  result: "image",
  input: z.strictObject({
    prompt: z.string().describe("Refers to images as <<<image_1>>>, <<<image_2>>>").optional(),
    images: z.array(media("image", "URL or path")).max(10).describe("Task IDs, URLs or paths, up to 10").optional(),
    elements: z.array(idField()).describe("Element ids").optional(),
    model: modelField("image", suggested<"kling-image-o1" | "kling-v3-omni">())
      .describe("kling-image-o1 (default) or kling-v3-omni")
      .optional(),
    resolution: z.enum(["1k", "2k", "4k"]).optional(),
    series: z.int().min(2).max(9).describe("Make a series of this many images").optional(),
    aspectRatio: z.string().optional(),
    n: imageCount
  }),
  source: "images",
  aliases: { image_urls: "images", element_ids: "elements", model_name: "model", num_images: "n" },
  example: { prompt: "<<<image_1>>> in the style of a linocut", images: ["https://example.com/cat.png"] },
  plan: (input, context) =>
    planFields(
      operations["legacy.images.omni-image"],
      {
        prompt: "prompt",
        images: "images",
        elements: "elements",
        model: "model",
        resolution: "resolution",
        aspectRatio: "aspectRatio",
        n: "n",
        resultType: ["series", () => "series"],
        seriesAmount: "series"
      },
      { images: [], ...input },
      context
    )
})
