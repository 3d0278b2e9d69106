import { Effect } from "effect"
import * as z from "zod"
import { imageModels } from "../models/image-models.ts"
import { defaultImageModel, planImage } from "../plan/plan-image.ts"
import { listedInteger, listedValue, suggested } from "./listed-value.ts"
import { media } from "./media-field.ts"
import { modelField } from "./model-field.ts"
import { present } from "./present.ts"
import { defineRequest } from "./request.ts"
import { type ImageModelName, negativePrompt, prompt } from "./video-fields.ts"

const live = imageModels.filter((model) => model.state === "live")
const others = live.map((model) => model.id).filter((id) => id !== defaultImageModel)

export const generateImage = defineRequest({
  id: "generate_image",
  title: "Generate image",
  summary: "Make images from a prompt, or after a reference image",
  method: "image.create",
  result: "image",
  input: z.strictObject({
    prompt,
    negativePrompt,
    model: modelField("image", suggested<ImageModelName>())
      .describe(`Default ${defaultImageModel}; or ${others.join(", ")}`)
      .optional(),
    resolution: listedValue(
      live.flatMap((model) => model.resolutions),
      "Default 1k"
    ).optional(),
    aspectRatio: listedValue(
      live.flatMap((model) => model.aspectRatios),
      "Default 16:9"
    ).optional(),
    n: listedInteger([1, ...live.map((model) => model.maxImages)], "How many; default 1").optional(),
    image: media("image", "Reference image: Task ID, URL or path").optional(),
    imageFidelity: z.number().min(0).max(1).describe("How near to the reference, default 0.5").optional(),
    watermark: z.boolean().describe("Also make a copy with a watermark").optional()
  }),
  source: "image",
  aliases: {
    model_name: "model",
    num_images: "n",
    ref_image_url: "image",
    ref_image_weight: "imageFidelity"
  },
  example: { prompt: "A lighthouse, linocut", n: 2, aspectRatio: "3:4" },
  plan: (input, context) =>
    Effect.gen(function* () {
      const image = input.image === undefined ? undefined : yield* context.image("image", input.image)
      return yield* planImage(present({ ...input, image }))
    })
})
