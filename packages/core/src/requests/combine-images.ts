import * as z from "zod"
import { operations } from "../operations/catalog.ts"
import { imageCount } from "./image-fields.ts"
import { media } from "./media-field.ts"
import { planFields } from "./operation-fields.ts"
import { defineRequest } from "./request.ts"

export const combineImages = defineRequest({
  id: "combine_images",
  title: "Combine images",
  summary: "Put the subjects of up to four images into one, with a scene and a style",
  method: "image.combine",
  result: "image",
  input: z.strictObject({
    images: z.array(media("image", "URL or path")).max(4).describe("Subjects: URLs or paths, 1 to 4"),
    prompt: z.string().optional(),
    sceneImage: media("image", "Where they are: URL or path").optional(),
    styleImage: media("image", "How it looks: URL or path").optional(),
    aspectRatio: z.string().optional(),
    n: imageCount
  }),
  source: "images",
  aliases: {
    image_urls: "images",
    scene_image_url: "sceneImage",
    style_image_url: "styleImage",
    num_images: "n"
  },
  example: { images: ["https://example.com/cat.png", "https://example.com/hat.png"], prompt: "A cat in a hat" },
  plan: (input, context) =>
    planFields(
      operations["legacy.images.multi-image2image"],
      {
        subjectImages: "images",
        sceneImage: "sceneImage",
        styleImage: "styleImage",
        aspectRatio: "aspectRatio",
        prompt: "prompt",
        n: "n"
      },
      input,
      context
    )
})
